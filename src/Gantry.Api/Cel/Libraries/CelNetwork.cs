using System.Globalization;

namespace Gantry.Api.Cel.Libraries;

/// <summary>An address with the length of its prefix, as Go's net/netip reads and prints it.</summary>
internal sealed class CelNetwork(CelAddress address, int bits) : CelObject
{
    public static CelType NetworkType { get; } = CelType.Opaque("net.CIDR");

    public CelAddress Address { get; } = address;

    public int Bits { get; } = bits;

    public override CelType Type => NetworkType;

    internal override long? Size => (Bits + 7) / 8;

    public CelNetwork Masked => new(new CelAddress(Mask(Address.Bytes, Bits)), Bits);

    /// <summary>Reads <c>10.0.0.0/8</c>.</summary>
    /// <returns>What is wrong, in Kubernetes' words, or null.</returns>
    public static string? Parse(string text, out CelNetwork? network)
    {
        network = null;
        const string Context = "network address parse error during conversion from string: ";
        var slash = text.LastIndexOf('/');
        var prefix = $"netip.ParsePrefix({Trees.GoSyntax.Quoted(text)}): ";
        if (slash < 0)
        {
            return Context + prefix + "no '/'";
        }
        if (CelAddress.Bytewise(text[..slash], out var bytes) is { } problem)
        {
            return $"{Context}{prefix}ParseAddr({Trees.GoSyntax.Quoted(text[..slash])}): {problem}";
        }
        if (text.Contains('%', StringComparison.Ordinal))
        {
            return Context + prefix + "IPv6 zones cannot be present in a prefix";
        }
        var digits = text[(slash + 1)..];
        if (digits.Length == 0 || digits.Any(c => !char.IsAsciiDigit(c)) || (digits.Length > 1 && digits[0] == '0') || digits.Length > 6)
        {
            return $"{Context}{prefix}bad bits after slash: {Trees.GoSyntax.Quoted(digits)}";
        }
        var bits = int.Parse(digits, CultureInfo.InvariantCulture);
        if (bits > bytes.Length * 8)
        {
            return Context + prefix + "prefix length out of range";
        }
        if (CelAddress.IsMapped(bytes))
        {
            return $"IPv4-mapped IPv6 address {Trees.GoSyntax.Quoted(text)} is not allowed";
        }
        network = new CelNetwork(new CelAddress(bytes), bits);
        return null;
    }

    public bool Contains(CelAddress other) => other.IsV4 == Address.IsV4 && Mask(Address.Bytes, Bits).AsSpan().SequenceEqual(Mask(other.Bytes, Bits));

    public bool Contains(CelNetwork other) => Bits <= other.Bits && Contains(other.Address);

    public override bool Same(CelObject other) => other is CelNetwork network && network.Bits == Bits && network.Address.Same(Address);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Bits}");

    private static byte[] Mask(byte[] bytes, int bits)
    {
        var masked = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            var left = Math.Clamp(bits - (8 * i), 0, 8);
            masked[i] = (byte)(bytes[i] & (0xff << (8 - left)));
        }
        return masked;
    }
}
