using System.Globalization;
using System.Net.Sockets;
using Gantry.Network.Nft;

namespace Gantry.Network.Services;

/// <summary>
/// The part of the table that is there whatever Services exist: the maps, the hooks, and the rules around them. New connections pass, in
/// this order: a guard for loopback addresses, refusals (they need a filter hook), translation, a last refusal for cluster addresses that
/// nothing translated, and masquerading.
/// </summary>
public static class Skeleton
{
    public static void AddTo(NftProgramBuilder program, NetworkOptions options)
    {
        var families = options.Families().Select(f => new FamilyNames(f, options)).ToList();
        foreach (var names in families)
        {
            DeclareSets(program, names);
            program.Chain(names.DropOutside, null, [
                .. names.Pods is { } pods ? [$"{names.Ip} saddr {pods} accept"] : Array.Empty<string>(),
                "fib saddr type local accept",
                "drop"]);
        }

        program.Chain("refuse", null, ["reject"]);
        program.Chain("check", null, [.. families.SelectMany(Check)]);
        program.Chain("translate", null, [.. families.SelectMany(Translate)]);
        program.Chain("unserved", null, [.. families.Select(n => $"{n.Ip} daddr {n.Range} fib daddr type != local reject")]);

        program.Chain("pre-guard", "type filter hook prerouting priority raw", [.. families.SelectMany(n => Guard(n, options))]);
        // Refusing must come before the translation, which otherwise has the last word; -110 is just ahead of it.
        program.Chain("pre-check", "type filter hook prerouting priority -110", ["ct state new goto check"]);
        program.Chain("pre-translate", "type nat hook prerouting priority dstnat", ["goto translate"]);
        program.Chain("out-check", "type filter hook output priority -110", ["ct state new goto check"]);
        program.Chain("out-translate", "type nat hook output priority -100", ["goto translate"]);
        program.Chain("out-unserved", "type filter hook output priority filter", ["ct state new goto unserved"]);
        program.Chain("fwd-unserved", "type filter hook forward priority filter", ["ct state new goto unserved"]);
        program.Chain("post-masquerade", "type nat hook postrouting priority srcnat", [.. Masquerade(families, options)]);
    }

    private static void DeclareSets(NftProgramBuilder program, FamilyNames names)
    {
        var address = $"type {names.AddressType} . inet_proto . inet_service : verdict";
        program.Declare(names.Served, "map", address);
        program.Declare(names.Refused, "map", address);
        program.Declare(names.Guarded, "map", address);
        program.Declare(names.ServedPorts, "map", "type inet_proto . inet_service : verdict");
        program.Declare(names.RefusedPorts, "map", "type inet_proto . inet_service : verdict");
        program.Declare(names.Itself, "set", $"type {names.AddressType} . {names.AddressType}");
    }

    private static IEnumerable<string> Check(FamilyNames names) =>
    [
        $"{names.Ip} daddr . meta l4proto . th dport vmap @{names.Guarded}",
        $"{names.Ip} daddr . meta l4proto . th dport vmap @{names.Refused}",
        $"meta nfproto {names.NfProto} fib daddr type local meta l4proto . th dport vmap @{names.RefusedPorts}",
    ];

    private static IEnumerable<string> Translate(FamilyNames names) =>
    [
        $"{names.Ip} daddr . meta l4proto . th dport vmap @{names.Served}",
        $"meta nfproto {names.NfProto} fib daddr type local meta l4proto . th dport vmap @{names.ServedPorts}",
    ];

    private static IEnumerable<string> Guard(FamilyNames names, NetworkOptions options)
    {
        // Node ports on 127.0.0.1 need route_localnet on the bridge; without this rule, neighbours could then reach what listens on loopback.
        yield return $"iifname != \"lo\" {names.Ip} daddr {names.Loopback} drop";
        if (names.Has(options.DnsAddress) && names.Pods is { } pods)
        {
            // A resolver that anybody can ask is a weapon: only pods and the node itself may.
            yield return $"{names.Ip} daddr {options.DnsAddress} {names.Ip} saddr != {pods} fib saddr type != local drop";
        }
    }

    private static IEnumerable<string> Masquerade(IReadOnlyList<FamilyNames> families, NetworkOptions options)
    {
        var bit = string.Create(CultureInfo.InvariantCulture, $"0x{options.MasqueradeBit:x}");
        yield return string.Create(CultureInfo.InvariantCulture, $"meta mark and {bit} == {bit} meta mark set meta mark and 0x{~options.MasqueradeBit:x} masquerade fully-random");
        foreach (var names in families)
        {
            yield return $"{names.Ip} saddr . {names.Ip} daddr @{names.Itself} masquerade fully-random";
            if (names.Pods is not { } pods)
            {
                continue;
            }

            if (!options.BridgeIsFiltered)
            {
                yield return $"ct status dnat {names.Ip} saddr {pods} oifname \"{options.Bridge}\" masquerade fully-random";
            }

            // IPv6 pods have routable addresses or none at all; their egress is left alone, as CNI does.
            if (names.Family == AddressFamily.InterNetwork)
            {
                yield return $"{names.Ip} saddr {pods} {names.Ip} daddr != {{ {pods}, {names.Multicast} }} masquerade fully-random";
            }
        }
    }
}
