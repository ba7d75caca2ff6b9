# What the console's one line runs, straight from the server: gets the package from the same server over the same TLS, checks
# it, unpacks it and hands over to its install.ps1. PowerShell 5.1. It must never run anything that was not wholly
# received, and it never loosens how TLS is checked. Exit codes: 0 done, 1 failed, 2 wrong usage.
param(
  [string[]]$Server,
  [string]$Token,
  [string]$TokenFile,
  [string]$Proxy,
  [string]$ProxyCredentialsFile,
  [string]$CaFile,
  [switch]$AllowInsecureHttp,
  [string]$State,
  [switch]$AsSystem,
  [switch]$DryRun,
  [string]$Lang
)
$ErrorActionPreference = 'Stop'
# Its bar of progress makes a download many times slower.
$ProgressPreference = 'SilentlyContinue'
# Windows PowerShell offers TLS 1.0 first on machines that were never told otherwise.
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
$target = 'win-x64'
$english = $Lang -eq 'en' -or (-not $Lang -and (Get-UICulture).TwoLetterISOLanguageName -eq 'en')

function Say([string]$portuguese, [string]$inEnglish) {
  if ($english) { Write-Output $inEnglish } else { Write-Output $portuguese }
}

function Exit-With([int]$code, [string]$portuguese, [string]$inEnglish) {
  [Console]::Error.WriteLine('vigia: ' + (Say $portuguese $inEnglish))
  exit $code
}

# Plain HTTP only to this machine itself, or where somebody said so: what comes is run as administrator.
function Test-Address([string]$address) {
  $url = $address -as [Uri]
  if (-not $url -or -not $url.IsAbsoluteUri -or ('http', 'https') -notcontains $url.Scheme) {
    Exit-With 2 "-Server: `"$address`"; esperado: https://servidor[:porta]" "-Server: `"$address`"; wanted: https://host[:port]"
  }
  if ($url.Scheme -eq 'http' -and -not $url.IsLoopback -and -not $AllowInsecureHttp) {
    Exit-With 2 "-Server: $address não é cifrado; esperado: https:// (ou -AllowInsecureHttp, só em rede de teste)" "-Server: $address is not encrypted; wanted: https:// (or -AllowInsecureHttp, test networks only)"
  }
}

function New-Client {
  $client = New-Object Net.WebClient
  if ($Proxy -eq 'none') { $client.Proxy = $null } elseif ($Proxy) { $client.Proxy = New-Object Net.WebProxy($Proxy) }
  if ($ProxyCredentialsFile -and $client.Proxy) {
    $user, $password = "$(Get-Content -LiteralPath $ProxyCredentialsFile -TotalCount 1)".Split(':', 2)
    $client.Proxy.Credentials = New-Object Net.NetworkCredential($user, $password)
  }
  return $client
}

# True once the package lies in the folder as the server told it.
function Get-Package([string]$folder) {
  foreach ($each in $Server) {
    $url = $each.TrimEnd('/') + "/agent/packages/$target"
    Say "baixando $url" "getting $url" | Out-Host
    $file = Join-Path $folder 'package.zip'
    try {
      $told = (New-Client).DownloadString("$url.sha256").Split(' ')[0].Trim()
      (New-Client).DownloadFile($url, $file)
    } catch [Net.WebException] {
      [Console]::Error.WriteLine('vigia: ' + $_.Exception.Message)
      continue
    }
    if ((Get-FileHash -LiteralPath $file -Algorithm SHA256).Hash -eq $told) { return $true }
    [Console]::Error.WriteLine('vigia: ' + (Say 'o pacote chegou danificado (SHA-256 diferente)' 'the package arrived damaged (SHA-256 differs)'))
  }
  return $false
}

$Server = @($Server | Where-Object { $_ } | ForEach-Object { $_.Split(',') })
if (-not $Server) { Exit-With 2 'falta -Server' 'wanted: -Server' }
foreach ($each in $Server) { Test-Address $each }
$me = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
  Exit-With 1 'isto muda o sistema: abra o PowerShell como administrador' 'this changes the system: run it in a PowerShell started as administrator'
}
if (-not [Environment]::Is64BitOperatingSystem) { Exit-With 1 'é preciso Windows de 64 bits' 'wanted: a 64-bit Windows' }
# Below a folder into which only administrators write: what is unpacked there is run as one.
$programs = $env:ProgramFiles
if ($env:ProgramW6432) { $programs = $env:ProgramW6432 }
$folder = Join-Path $programs 'Vigia Agent.download'
if (Test-Path -LiteralPath $folder) { Remove-Item -LiteralPath $folder -Recurse -Force }
New-Item -ItemType Directory -Path $folder | Out-Null
try {
  if (-not (Get-Package $folder)) {
    Exit-With 1 "o pacote não pôde ser obtido; no servidor Vigia: npm run pack:agent -- --target $target (ou verifique endereço, proxy e certificado)" "the package could not be had; on the Vigia server: npm run pack:agent -- --target $target (or check address, proxy and certificate)"
  }
  Add-Type -AssemblyName System.IO.Compression.FileSystem
  [IO.Compression.ZipFile]::ExtractToDirectory((Join-Path $folder 'package.zip'), $folder)
  $source = Join-Path $folder 'vigia-agent'
  # As text, because a policy of the domain may forbid script files.
  $installer = [scriptblock]::Create([IO.File]::ReadAllText((Join-Path $source 'install.ps1')))
  & $installer @PSBoundParameters -Source $source
} finally {
  Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
}
