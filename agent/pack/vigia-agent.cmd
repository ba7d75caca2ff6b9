@echo off
rem The packed agent on Windows: its own Node with the settings that keep it small (see vigia-agent on Linux).
"%~dp0bin\node.exe" --jitless --max-semi-space-size=1 --optimize-for-size "%~dp0agent.js" %*
