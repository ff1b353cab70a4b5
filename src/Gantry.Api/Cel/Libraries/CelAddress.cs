namespace Gantry.Api.Cel.Libraries;

/// <summary>An IPv4 or IPv6 address as Go's net/netip reads and prints it.</summary>
internal sealed class CelAddress(byte[] bytes) : CelObject
{
    public static CelType AddressType { get; } = CelType.Opaque("net.IP");

    /// <summary>4 or 16 of them.</summary>
    public byte[] Bytes { get; } = bytes;

    public bool IsV4 => Bytes.Length == 4;

    public override CelType Type => AddressType;

    internal override long? Size => Bytes.Length;

    /// <summary>Reads an address without a zone that is no IPv4 address written as an IPv6 one.</summary>
    /// <returns>What is wrong, in Kubernetes' words, or null.</returns>
    public static string? Parse(string text, out CelAddress? address)
    {
        address = null;
        if (Bytewise(text, out var bytes) is { } problem)
        {
            return $"IP Address {Quoted(text)} parse error during conversion from string: ParseAddr({Quoted(text)}): {problem}";
        }
        if (text.Contains('%', StringComparison.Ordinal))
        {
            return $"IP address {Quoted(text)} with zone value is not allowed";
        }
        if (IsMapped(bytes))
        {
            return $"IPv4-mapped IPv6 address {Quoted(text)} is not allowed";
        }
        address = new CelAddress(bytes);
        return null;
    }

    /// <summary>Reads an address with anything netip takes.</summary>
    /// <returns>What is wrong, in Go's words, or null.</returns>
    public static string? Bytewise(string text, out byte[] bytes) => GoAddress.Parse(text, false, out bytes);

    public static bool IsMapped(byte[] bytes) => GoAddress.IsMapped(bytes);

    public override bool Same(CelObject other) => other is CelAddress address && address.Bytes.AsSpan().SequenceEqual(Bytes);

    /// <summary>The canonical form.</summary>
    public override string ToString() => GoAddress.Text(Bytes);

    private static string Quoted(string text) => Trees.GoSyntax.Quoted(text);
}
