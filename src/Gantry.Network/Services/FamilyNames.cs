using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gantry.Network.Services;

/// <summary>
/// The names that rules of one address family use. Sets hold one family each because the kernel's sets are typed; the IPv6 names carry a 6.
/// </summary>
public sealed class FamilyNames(AddressFamily family, NetworkOptions options)
{
    private readonly string _suffix = family == AddressFamily.InterNetwork ? "" : "6";

    public AddressFamily Family => family;

    /// <summary>The keyword of header expressions: "ip" or "ip6".</summary>
    public string Ip { get; } = family == AddressFamily.InterNetwork ? "ip" : "ip6";

    public string NfProto { get; } = family == AddressFamily.InterNetwork ? "ipv4" : "ipv6";

    public string AddressType { get; } = family == AddressFamily.InterNetwork ? "ipv4_addr" : "ipv6_addr";

    public string Multicast { get; } = family == AddressFamily.InterNetwork ? "224.0.0.0/4" : "ff00::/8";

    public string Loopback { get; } = family == AddressFamily.InterNetwork ? "127.0.0.0/8" : "::1";

    /// <summary>The pod range of the family as a match operand, or null when pods have no such addresses.</summary>
    public string? Pods { get; } = options.PodRanges.Where(r => r.BaseAddress.AddressFamily == family).Select(r => r.ToString()).FirstOrDefault();

    public string Range { get; } = options.ServiceRanges.Where(r => r.BaseAddress.AddressFamily == family).Select(r => r.ToString()).First();

    public string Served => $"served{_suffix}";

    public string ServedPorts => $"served-ports{_suffix}";

    public string Refused => $"refused{_suffix}";

    public string RefusedPorts => $"refused-ports{_suffix}";

    public string Guarded => $"guarded{_suffix}";

    public string Itself => $"itself{_suffix}";

    public string DropOutside => $"drop-outside{_suffix}";

    public string Everywhere(string port) => $"svc{_suffix}/{port}";

    public string Here(string port) => $"here{_suffix}/{port}";

    public string External(string port) => $"ext{_suffix}/{port}";

    public string Sources(string port) => $"from{_suffix}/{port}";

    public string Sticky(string port, Backend backend) => $"to{_suffix}/{port}/{Tail(backend)}";

    public string Clients(string port, Backend backend) => $"seen{_suffix}/{port}/{Tail(backend)}";

    /// <summary>Address and port as the target of a translation.</summary>
    public string Target(Backend backend) => family == AddressFamily.InterNetwork
        ? string.Create(CultureInfo.InvariantCulture, $"{backend.Address}:{backend.Port}")
        : string.Create(CultureInfo.InvariantCulture, $"[{backend.Address}]:{backend.Port}");

    /// <summary>True for an address of this family.</summary>
    public bool Has(IPAddress address) => address.AddressFamily == family;

    // Names of chains and sets cannot hold a colon.
    private static string Tail(Backend backend) => string.Create(CultureInfo.InvariantCulture, $"{backend.Address.ToString().Replace(':', '_')}/{backend.Port}");
}
