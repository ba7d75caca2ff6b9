# Makes this Windows machine a Vigia agent: puts the program in place, enrols it, runs it at every start by a scheduled task
# that starts it again whenever it ends. PowerShell 5.1, as administrator, from the unpacked package. Idempotent: run it
# again to upgrade; an upgrade that does not start is taken back. -DryRun changes nothing. It must never touch the key of
# an agent that is enrolled. Exit codes: 0 done, 1 failed, 2 wrong usage.
param(
  [string[]]$Server,
  [string]$Token,
  [string]$TokenFile,
  [string]$Proxy,
  [string]$ProxyCredentialsFile,
  [string]$CaFile,
  [switch]$AllowInsecureHttp,
  [string]$State = "$env:ProgramData\Vigia Agent",
  [string]$Source = $PSScriptRoot,
  [switch]$AsSystem,
  [switch]$DryRun,
  [switch]$Uninstall,
  [switch]$Purge,
  [string]$Lang
)
$ErrorActionPreference = 'Stop'
# In a 32-bit PowerShell the plain variable names the folder of 32-bit programs.
$programs = $env:ProgramFiles
if ($env:ProgramW6432) { $programs = $env:ProgramW6432 }
$program = Join-Path $programs 'Vigia Agent'
$next = "$program.next"
$old = "$program.old"
$task = 'VigiaAgent'
$english = $Lang -eq 'en' -or (-not $Lang -and (Get-UICulture).TwoLetterISOLanguageName -eq 'en')
# Well-known SIDs, because the names differ by language: SYSTEM, administrators, LOCAL SERVICE.
$system = 'S-1-5-18'
$administrators = 'S-1-5-32-544'
$localService = 'S-1-5-19'
# LOCAL SERVICE is enough and is far less than SYSTEM: IcmpSendEcho2 needs no right, and the System log, where the reason
# of a shutdown stands, may be read by services (the channel's own access list: SU, 0x3). -AsSystem is for machines that
# were hardened beyond that.
$account = $localService
if ($AsSystem) { $account = $system }

function Say([string]$portuguese, [string]$inEnglish) {
  if ($english) { Write-Output $inEnglish } else { Write-Output $portuguese }
}

function Exit-With([int]$code, [string]$portuguese, [string]$inEnglish) {
  [Console]::Error.WriteLine('install.ps1: ' + (Say $portuguese $inEnglish))
  exit $code
}

function Invoke-Step([string]$portuguese, [string]$inEnglish, [scriptblock]$step) {
  if ($DryRun) { Say "faria: $portuguese" "would: $inEnglish"; return }
  Say $portuguese $inEnglish
  & $step
}

# What the agent's launcher answers, or nothing when it does not run.
function Get-Answer([string]$folder) {
  $answer = & (Join-Path $folder 'vigia-agent.cmd') '--version'
  if ($LASTEXITCODE -eq 0) { $answer }
}

function Stop-Agent {
  Stop-ScheduledTask -TaskName $task -ErrorAction SilentlyContinue
  # Its files can be moved only when nothing runs from them.
  foreach ($second in 1..10) {
    $running = @(Get-Process -Name 'node' -ErrorAction SilentlyContinue | Where-Object { $_.Path -like "$program\*" })
    if ($running.Count -eq 0) { return }
    if ($second -gt 5) { $running | Stop-Process -Force -ErrorAction SilentlyContinue }
    Start-Sleep -Seconds 1
  }
}

# A virus scanner may hold a file that was just written.
function Move-Folder([string]$from, [string]$to) {
  foreach ($try in 1..10) {
    try { Move-Item -LiteralPath $from -Destination $to; return } catch { if ($try -eq 10) { throw } }
    Start-Sleep -Seconds 1
  }
}

function Register-Agent {
  $action = New-ScheduledTaskAction -Execute (Join-Path $program 'vigia-agent.cmd') -Argument "run --state `"$State`"" -WorkingDirectory $program
  # At the start of the machine, and every minute where it does not run: "restart on failure" alone counts only failures
  # to start. A start while it runs is ignored. No duration means without end.
  $triggers = @(
    (New-ScheduledTaskTrigger -AtStartup),
    (New-ScheduledTaskTrigger -Once -At (Get-Date).Date -RepetitionInterval (New-TimeSpan -Minutes 1))
  )
  $principal = New-ScheduledTaskPrincipal -UserId $account -LogonType ServiceAccount
  $settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries `
    -MultipleInstances IgnoreNew -Priority 5
  Register-ScheduledTask -TaskName $task -Action $action -Trigger $triggers -Principal $principal -Settings $settings -Force | Out-Null
}

# True once the agent has opened its state and writes its liveness stamp; a network that is away does not matter.
function Start-Agent {
  $since = (Get-Date).ToUniversalTime()
  Start-ScheduledTask -TaskName $task
  foreach ($second in 1..30) {
    Start-Sleep -Seconds 1
    $stamp = Get-Item -LiteralPath (Join-Path $State 'alive.json') -ErrorAction SilentlyContinue
    if ($stamp -and $stamp.LastWriteTimeUtc -gt $since) { return $true }
  }
  return $false
}

# Before the key is made: what lies below ProgramData may be read by every user.
function Protect-State {
  New-Item -ItemType Directory -Force -Path $State | Out-Null
  icacls $State /inheritance:r /grant:r "*${system}:(OI)(CI)F" "*${administrators}:(OI)(CI)F" /Q | Out-Null
  if ($LASTEXITCODE -eq 0 -and $account -eq $localService) {
    icacls $State /grant:r "*${localService}:(OI)(CI)M" /Q | Out-Null
  }
  if ($LASTEXITCODE -ne 0) { Exit-With 1 "as permissões de $State não puderam ser definidas" "the rights of $State could not be set" }
}

function Register-WithServer {
  $words = @('enrol')
  foreach ($each in $Server) { $words += @('--server', $each) }
  $words += @('--state', $State)
  if ($Proxy) { $words += @('--proxy', $Proxy) }
  if ($ProxyCredentialsFile) { $words += @('--proxy-credentials-file', $ProxyCredentialsFile) }
  if ($CaFile) { $words += @('--ca-file', $CaFile) }
  if ($AllowInsecureHttp) { $words += '--allow-insecure-http' }
  # In the environment, because arguments can be read by every user of the machine.
  $env:VIGIA_TOKEN = $Token
  try { & (Join-Path $next 'vigia-agent.cmd') @words } finally { $env:VIGIA_TOKEN = $null }
  if ($LASTEXITCODE -ne 0) {
    $code = $LASTEXITCODE
    Remove-Item -LiteralPath $next -Recurse -Force
    Exit-With $code 'o agente não foi inscrito; nada foi instalado' 'not enrolled; nothing was installed'
  }
}

function Remove-Agent {
  Invoke-Step "remover a tarefa $task e o programa" "remove the task $task and the program" {
    Stop-Agent
    Unregister-ScheduledTask -TaskName $task -Confirm:$false -ErrorAction SilentlyContinue
    foreach ($folder in @($program, $next, $old)) {
      if (Test-Path -LiteralPath $folder) { Remove-Item -LiteralPath $folder -Recurse -Force }
    }
  }
  if (-not $Purge) {
    Say "a chave e a fila do agente continuam em $State" "the agent's key and spool stay in $State"
    return
  }
  Invoke-Step "apagar $State" "delete $State" {
    if (Test-Path -LiteralPath $State) { Remove-Item -LiteralPath $State -Recurse -Force }
  }
}

function Install-Agent {
  Invoke-Step "copiar o programa de $Source" "copy the program from $Source" {
    if (Test-Path -LiteralPath $next) { Remove-Item -LiteralPath $next -Recurse -Force }
    Copy-Item -LiteralPath $Source -Destination $next -Recurse
    if (-not (Get-Answer $next)) {
      Remove-Item -LiteralPath $next -Recurse -Force
      Exit-With 1 'o programa não roda nesta máquina; nada foi mudado' 'the program does not run on this machine; nothing was changed'
    }
  }
  Invoke-Step "fechar $State para os outros usuários" "close $State to other users" { Protect-State }
  if ($enrolled) {
    if ($Server -or $Token) {
      Say 'este agente já está inscrito: o endereço e o token dados agora não são usados' 'enrolled before: the address and the token given now are not used'
    }
  } else {
    Invoke-Step "inscrever o agente em $Server" "enrol at $Server" { Register-WithServer }
  }
  Invoke-Step "trocar o programa em $program" "put the program into $program" {
    Stop-Agent
    if (Test-Path -LiteralPath $old) { Remove-Item -LiteralPath $old -Recurse -Force }
    if (Test-Path -LiteralPath $program) { Move-Folder $program $old }
    Move-Folder $next $program
  }
  Invoke-Step "criar e iniciar a tarefa $task" "register and start the task $task" {
    Register-Agent
    if (-not (Start-Agent)) { Restore-Agent }
    if (Test-Path -LiteralPath $old) { Remove-Item -LiteralPath $old -Recurse -Force }
  }
}

function Restore-Agent {
  if (-not (Test-Path -LiteralPath $old)) {
    Exit-With 1 'o agente não iniciou; veja o Agendador de Tarefas' 'the agent did not start; see the Task Scheduler'
  }
  Stop-Agent
  Remove-Item -LiteralPath $program -Recurse -Force
  Move-Folder $old $program
  if (Start-Agent) {
    Exit-With 1 'a versão nova não iniciou: a anterior foi recolocada e está rodando' 'the new version did not start: the one before was put back and runs'
  }
  Exit-With 1 'a versão nova não iniciou, e a anterior, recolocada, também não' 'the new version did not start, and neither did the one before, which was put back'
}

# `-File` gives "a,b" as one text.
$Server = @($Server | Where-Object { $_ } | ForEach-Object { $_.Split(',') })
$enrolled = Test-Path -LiteralPath (Join-Path $State 'agent.json')
if ($Token -and $TokenFile) { Exit-With 2 'use -Token ou -TokenFile, não os dois' 'wanted: -Token or -TokenFile, not both' }
if ($TokenFile) { $Token = "$(Get-Content -LiteralPath $TokenFile -TotalCount 1)".Trim() }
if (-not $Token -and $env:VIGIA_TOKEN -and -not $Uninstall) { $Token = $env:VIGIA_TOKEN }
if ($Purge -and -not $Uninstall) { Exit-With 2 '-Purge só com -Uninstall' '-Purge goes only with -Uninstall' }
if ($Uninstall) {
  if ($Server -or $Token -or $AllowInsecureHttp) { Exit-With 2 '-Uninstall não aceita endereço nem token' '-Uninstall takes no address and no token' }
} elseif (-not $enrolled -and (-not $Server -or -not $Token)) {
  Exit-With 2 'faltam -Server e -Token' 'wanted: -Server and -Token'
}
$me = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $DryRun -and -not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
  Exit-With 1 'isto muda o sistema: abra o PowerShell como administrador' 'this changes the system: run it in a PowerShell started as administrator'
}
if ([Environment]::OSVersion.Version.Major -lt 10) {
  Exit-With 1 'é preciso Windows 10 ou Windows Server 2016, ou mais novo' 'wanted: Windows 10 or Windows Server 2016, or newer'
}
if ($Uninstall) { Remove-Agent; exit 0 }
if (-not $Source -or -not (Test-Path -LiteralPath (Join-Path $Source 'agent.js'))) {
  Exit-With 1 'rode a partir do pacote descompactado (npm run pack:agent -- --target win-x64)' 'run this from the unpacked package (npm run pack:agent -- --target win-x64)'
}
Install-Agent
if (-not $DryRun) {
  Say "o agente está rodando; veja: `"$program\vigia-agent.cmd`" status --state `"$State`"" "the agent runs; see: `"$program\vigia-agent.cmd`" status --state `"$State`""
}
exit 0
