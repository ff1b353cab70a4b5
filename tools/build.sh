# Sourced by gantry, up and test: builds the gantry executable from source once, and again when a source is newer.

# build_gantry ROOT: leaves the program in ROOT/.build/gantry/gantry.
build_gantry() {
  local root=$1 out=$1/.build/gantry stamp=$1/.build/stamp
  if [ -x "$out/gantry" ] && [ -f "$stamp" ] &&
    [ -z "$(find "$root/src" "$root/schema" "$root/tools/Gantry.SchemaGenerator" "$root"/Directory.*.props -newer "$stamp" \
      -not -path '*/obj/*' -not -path '*/bin/*' -type f -print -quit)" ]; then
    return 0
  fi
  if ! command -v dotnet >/dev/null; then
    echo "the .NET SDK 10 is not installed; install dotnet-sdk-10.0 and run this again" >&2
    return 1
  fi
  mkdir -p "$root/.build"
  local log=$root/.build/build.log new=$root/.build/stamp.new
  touch "$new"
  echo "building gantry (the first time takes about two minutes)" >&2
  if ! DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 dotnet publish "$root/src/Gantry.Cli/Gantry.Cli.csproj" -c Release "-p:GantryRuntime=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" \
    -p:RunAnalyzers=false -o "$out" -v quiet >"$log" 2>&1; then
    grep -E 'error|warning' "$log" | sort -u | head -20 >&2
    echo "the build failed; all of its output is in $log" >&2
    return 1
  fi
  mv "$new" "$stamp"
}
