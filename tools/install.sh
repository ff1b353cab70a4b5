# Sourced by up and test: installs what is missing for real containers. Needs root and Debian's packages only when something is missing.

# Prints the packages whose commands this machine lacks.
missing_packages() {
  command -v containerd >/dev/null || echo containerd
  command -v runc >/dev/null || echo runc
  [ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || echo containernetworking-plugins
  PATH=$PATH:/usr/sbin:/sbin
  command -v nft >/dev/null || echo nftables
  command -v ip >/dev/null || echo iproute2
  # the portmap plugin of CNI writes its rules with iptables
  command -v iptables >/dev/null || echo iptables
  command -v kubectl >/dev/null || echo kubernetes-client
}

install_missing() {
  local packages
  packages=$(missing_packages | tr '\n' ' ')
  [ -n "${packages// /}" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "missing: $packages; installing them needs root: run this as root, or install them yourself" >&2
    return 1
  fi
  if ! command -v apt-get >/dev/null; then
    echo "missing: $packages; this machine has no apt-get: install them with its package manager and run this again" >&2
    return 1
  fi
  echo "installing $packages"
  local log
  log=$(mktemp)
  # a policy that starts no service: a containerd that is installed here is not Gantry's to start
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1; then
    tail -20 "$log" >&2
    echo "installing $packages failed; the lines above say why" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
