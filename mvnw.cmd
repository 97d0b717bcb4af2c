@echo off
rem Runs Maven in this project: the one on the PATH when it is 3.8 or newer, else the one that
rem .mvn\wrapper\maven-wrapper.properties names, downloaded once and checked against its SHA-512.
setlocal EnableExtensions DisableDelayedExpansion
set "HERE=%~dp0"
set "MAVEN_BASEDIR=%HERE:~0,-1%"
set "MVN="
for /f "delims=" %%m in ('powershell -NoProfile -ExecutionPolicy Bypass -Command ^
 "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';" ^
 "$mvn = Get-Command mvn.cmd -ErrorAction SilentlyContinue;" ^
 "if ($mvn -and ((& $mvn.Source --version) -join ' ') -match 'Apache Maven (\d+)\.(\d+)' -and ([int]$Matches[1] -gt 3 -or ([int]$Matches[1] -eq 3 -and [int]$Matches[2] -ge 8))) { $mvn.Source; exit }" ^
 "$p = ConvertFrom-StringData ((Get-Content (Join-Path $env:MAVEN_BASEDIR '.mvn\wrapper\maven-wrapper.properties')) -join [Environment]::NewLine);" ^
 "$url = $p.distributionUrl; $name = ($url -split '/')[-1] -replace '-bin\.tar\.gz$', '';" ^
 "$dists = Join-Path $env:USERPROFILE '.m2\wrapper\dists'; $bin = Join-Path $dists ($name + '\bin\mvn.cmd');" ^
 "if (-not (Test-Path $bin)) { New-Item -ItemType Directory -Force $dists | Out-Null; $file = Join-Path $dists ($name + '.' + $PID + '.tar.gz');" ^
 "[Console]::Error.WriteLine('mvnw: no Maven 3.8 or newer on the PATH, downloading ' + $url); Invoke-WebRequest -UseBasicParsing $url -OutFile $file;" ^
 "$found = (Get-FileHash -Algorithm SHA512 $file).Hash; if ($found -ne $p.distributionSha512Sum) { Remove-Item $file; throw ('mvnw: ' + $url + ' has the SHA-512 ' + $found + ', expected ' + $p.distributionSha512Sum + '; nothing was installed') }" ^
 "tar -xzf $file -C $dists; Remove-Item $file }; $bin"') do set "MVN=%%m"
if not defined MVN (
  echo mvnw: no Maven to run; install Maven 3.8 or newer 1>&2
  exit /b 1
)
"%MVN%" -f "%MAVEN_BASEDIR%\pom.xml" %*
