namespace Gantry.Api.Cel.Libraries;

/// <summary>Kubernetes' functions on addresses and networks.</summary>
internal static class CelAddressLibrary
{
    public static void Declare(CelFunctionTable table)
    {
        var (ip, cidr, text, flag) = (CelAddress.AddressType, CelNetwork.NetworkType, CelType.String, CelType.Bool);
        table.Type(ip);
        table.Type(cidr);
        table.Global("ip", "string_to_ip", [text], ip, static a => ReadAddress(a[0].Text));
        table.Global("isIP", "is_ip", [text], flag, static a => CelValue.Of(CelAddress.Parse(a[0].Text, out _) is null));
        table.Global("ip.isCanonical", "ip_is_canonical", [text], flag, static a => CelAddress.Parse(a[0].Text, out var address) is { } problem
            ? CelValue.Error(problem) : CelValue.Of(address!.ToString() == a[0].Text));
        table.Global("string", "ip_to_string", [ip], text, static a => CelValue.Of(a[0].Object!.ToString()!));
        table.Member("family", "ip_family", [ip], CelType.Int, static a => CelValue.Of(Address(a[0]).IsV4 ? 4L : 6L));
        Test(table, "isUnspecified", "ip_is_unspecified", static b => b.AsSpan().IndexOfAnyExcept((byte)0) < 0);
        Test(table, "isLoopback", "ip_is_loopback", static b => IsLoopback(b));
        Test(table, "isLinkLocalMulticast", "ip_is_link_local_multicast", static b => b.Length == 4 ? b[0] == 224 && b[1] == 0 && b[2] == 0 : b[0] == 0xff && (b[1] & 0x0f) == 2);
        Test(table, "isLinkLocalUnicast", "ip_is_link_local_unicast", static b => IsLinkLocal(b));
        Test(table, "isGlobalUnicast", "ip_is_global_unicast", static b => IsGlobal(b));
        table.Global("cidr", "string_to_cidr", [text], cidr, static a => ReadNetwork(a[0].Text));
        table.Global("isCIDR", "is_cidr", [text], flag, static a => CelValue.Of(CelNetwork.Parse(a[0].Text, out _) is null));
        table.Global("string", "cidr_to_string", [cidr], text, static a => CelValue.Of(a[0].Object!.ToString()!));
        table.Member("containsIP", "cidr_contains_ip_string", [cidr, text], flag, static a => ReadAddress(a[1].Text) is { IsError: true } fault
            ? fault : CelValue.Of(Network(a[0]).Contains(Address(ReadAddress(a[1].Text)))));
        table.Member("containsIP", "cidr_contains_ip_ip", [cidr, ip], flag, static a => CelValue.Of(Network(a[0]).Contains(Address(a[1]))));
        table.Member("containsCIDR", "cidr_contains_cidr_string", [cidr, text], flag, static a => ReadNetwork(a[1].Text) is { IsError: true } fault
            ? fault : CelValue.Of(Network(a[0]).Contains(Network(ReadNetwork(a[1].Text)))));
        table.Member("containsCIDR", "cidr_contains_cidr", [cidr, cidr], flag, static a => CelValue.Of(Network(a[0]).Contains(Network(a[1]))));
        table.Member("ip", "cidr_ip", [cidr], ip, static a => CelValue.Of(Network(a[0]).Address));
        table.Member("prefixLength", "cidr_prefix_length", [cidr], CelType.Int, static a => CelValue.Of((long)Network(a[0]).Bits));
        table.Member("masked", "cidr_masked", [cidr], cidr, static a => CelValue.Of(Network(a[0]).Masked));
    }

    private static void Test(CelFunctionTable table, string name, string id, Func<byte[], bool> test) =>
        table.Member(name, id, [CelAddress.AddressType], CelType.Bool, a => CelValue.Of(test(Address(a[0]).Bytes)));

    private static CelAddress Address(CelValue value) => (CelAddress)value.Object!;

    private static CelNetwork Network(CelValue value) => (CelNetwork)value.Object!;

    private static CelValue ReadAddress(string text) => CelAddress.Parse(text, out var address) is { } problem ? CelValue.Error(problem) : CelValue.Of(address!);

    private static CelValue ReadNetwork(string text) => CelNetwork.Parse(text, out var network) is { } problem
        ? CelValue.Error("network address parse error during conversion from string: " + problem) : CelValue.Of(network!);

    private static bool IsLoopback(byte[] b) => b.Length == 4 ? b[0] == 127 : b.AsSpan(0, 15).IndexOfAnyExcept((byte)0) < 0 && b[15] == 1;

    private static bool IsLinkLocal(byte[] b) => b.Length == 4 ? b[0] == 169 && b[1] == 254 : b[0] == 0xfe && (b[1] & 0xc0) == 0x80;

    private static bool IsGlobal(byte[] b)
    {
        var nothing = b.AsSpan().IndexOfAnyExcept((byte)0) < 0;
        var everything = b.Length == 4 && b.AsSpan().IndexOfAnyExcept((byte)0xff) < 0;
        var multicast = b.Length == 4 ? (b[0] & 0xf0) == 0xe0 : b[0] == 0xff;
        return !nothing && !everything && !multicast && !IsLoopback(b) && !IsLinkLocal(b);
    }
}
