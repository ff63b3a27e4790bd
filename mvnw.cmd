@echo off
rem Runs Maven for this project: an installed one of at least 3.8, else a pinned distribution that is fetched once from
rem the Apache archive and checked by its SHA-512 before anything of it runs. Needs Windows 10 (curl, tar, certutil).
rem MVNW_URL and MVNW_SHA512 (always both) name another archive; MVNW_HOME is where it is kept.
setlocal

set "VERSION=3.9.9"
set "SHA512=a555254d6b53d267965a3404ecb14e53c3827c09c3b94b5678835887ab404556bfaf78dcfe03ba76fa2508649dca8531c74bca4d5846513522404d48e8c4ac8b"
set "URL=https://archive.apache.org/dist/maven/maven-3/%VERSION%/binaries/apache-maven-%VERSION%-bin.tar.gz"
if defined MVNW_URL (
  if not defined MVNW_SHA512 (
    echo mvnw: MVNW_URL is set, so MVNW_SHA512 must say which archive is expected 1>&2
    exit /b 1
  )
  set "URL=%MVNW_URL%"
)
if defined MVNW_SHA512 set "SHA512=%MVNW_SHA512%"
if not defined MVNW_HOME set "MVNW_HOME=%USERPROFILE%\.m2\mvnw"

rem An installed Maven of 3.8 or later.
for /f "tokens=3" %%v in ('mvn -B -v 2^>nul ^| findstr /b /c:"Apache Maven"') do (
  for /f "tokens=1,2 delims=." %%a in ("%%v") do (
    if %%a gtr 3 goto :installed
    if %%a equ 3 if %%b geq 8 goto :installed
  )
)

set "DISTRIBUTION=%MVNW_HOME%\%SHA512:~0,32%"
if exist "%DISTRIBUTION%\bin\mvn.cmd" goto :fetched

set "WORK=%MVNW_HOME%\fetch.%RANDOM%%RANDOM%"
mkdir "%WORK%\unpacked" || exit /b 1
echo mvnw: no Maven 3.8 or later on the PATH, fetching %URL% 1>&2
curl --fail --silent --show-error --location --retry 3 --output "%WORK%\archive" "%URL%" || goto :failed
set "FOUND="
for /f "skip=1 delims=" %%h in ('certutil -hashfile "%WORK%\archive" SHA512') do if not defined FOUND set "FOUND=%%h"
set "FOUND=%FOUND: =%"
if /i not "%FOUND%"=="%SHA512%" (
  echo mvnw: %URL% has SHA-512 %FOUND%, expected %SHA512%; nothing of it was run 1>&2
  goto :failed
)
tar -xzf "%WORK%\archive" -C "%WORK%\unpacked" || goto :failed
for /d %%d in ("%WORK%\unpacked\*") do move "%%d" "%DISTRIBUTION%" >nul
rmdir /s /q "%WORK%"
if not exist "%DISTRIBUTION%\bin\mvn.cmd" (
  echo mvnw: %URL% holds no Maven 1>&2
  exit /b 1
)

:fetched
call "%DISTRIBUTION%\bin\mvn.cmd" %*
exit /b %ERRORLEVEL%

:installed
call mvn %*
exit /b %ERRORLEVEL%

:failed
rmdir /s /q "%WORK%"
exit /b 1
