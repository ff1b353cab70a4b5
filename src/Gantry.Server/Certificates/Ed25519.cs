using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Gantry.Server.Certificates;

/// <summary>
/// Checks Ed25519 signatures (RFC 8032), which .NET cannot: requests for certificates may be signed so. Everything here is public, so that numbers without a
/// constant time do no harm; nothing is ever signed.
/// </summary>
public static class Ed25519
{
    private const string Algorithm = "1.3.101.112";
    private const int Size = 32;

    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Reduced(-121665 * Inverse(121666));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (Prime - 1) / 4, Prime);
    private static readonly Point Base = Decode(Encoded(Reduced(4 * Inverse(5)), odd: false))!.Value;

    /// <summary>Whether a PKCS#10 request is signed with such a key, and by it.</summary>
    /// <param name="der">The request.</param>
    /// <returns>Null where it is signed otherwise.</returns>
    /// <exception cref="AsnContentException">It is no request.</exception>
    public static bool? VerifiesRequest(ReadOnlyMemory<byte> der)
    {
        var request = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var signed = request.ReadEncodedValue();
        if (request.ReadSequence().ReadObjectIdentifier() != Algorithm)
        {
            return null;
        }

        var signature = request.ReadBitString(out _);
        var info = new AsnReader(signed, AsnEncodingRules.DER).ReadSequence();
        _ = info.ReadInteger();
        _ = info.ReadEncodedValue();
        var key = info.ReadSequence();
        return key.ReadSequence().ReadObjectIdentifier() == Algorithm && Verify(key.ReadBitString(out _), signed.Span, signature);
    }

    /// <summary>Whether a signature of a message is by a key.</summary>
    public static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (key.Length != Size || signature.Length != 2 * Size || Decode(key) is not { } point)
        {
            return false;
        }

        var scalar = new BigInteger(signature[Size..], isUnsigned: true);
        if (scalar >= Order)
        {
            return false;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(signature[..Size]);
        hash.AppendData(key);
        hash.AppendData(message);
        var challenge = new BigInteger(hash.GetHashAndReset(), isUnsigned: true) % Order;
        var expected = Add(Multiply(scalar, Base), Multiply(challenge, point with { X = Reduced(-point.X), T = Reduced(-point.T) }));
        return Encode(expected).AsSpan().SequenceEqual(signature[..Size]);
    }

    // Extended coordinates (RFC 8032, 5.1.4): x = X/Z, y = Y/Z, x*y = T/Z.
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);

    private static Point Add(Point p, Point q)
    {
        var a = Reduced((p.Y - p.X) * (q.Y - q.X));
        var b = Reduced((p.Y + p.X) * (q.Y + q.X));
        var c = Reduced(2 * p.T * q.T * D);
        var d = Reduced(2 * p.Z * q.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new Point(Reduced(e * f), Reduced(g * h), Reduced(f * g), Reduced(e * h));
    }

    private static Point Multiply(BigInteger scalar, Point point)
    {
        var sum = new Point(0, 1, 1, 0);
        for (; !scalar.IsZero; scalar >>= 1)
        {
            if (!scalar.IsEven)
            {
                sum = Add(sum, point);
            }

            point = Add(point, point);
        }

        return sum;
    }

    private static byte[] Encode(Point point)
    {
        var inverse = Inverse(point.Z);
        return Encoded(Reduced(point.Y * inverse), !Reduced(point.X * inverse).IsEven);
    }

    private static byte[] Encoded(BigInteger y, bool odd)
    {
        var bytes = new byte[Size];
        _ = y.TryWriteBytes(bytes, out _, isUnsigned: true);
        bytes[^1] |= (byte)(odd ? 0x80 : 0);
        return bytes;
    }

    // RFC 8032, 5.1.3: from y and the sign of x.
    private static Point? Decode(ReadOnlySpan<byte> bytes)
    {
        var odd = (bytes[^1] & 0x80) != 0;
        Span<byte> plain = stackalloc byte[Size];
        bytes.CopyTo(plain);
        plain[^1] &= 0x7f;
        var y = new BigInteger(plain, isUnsigned: true);
        var (u, v) = (Reduced((y * y) - 1), Reduced((D * y * y) + 1));
        var x = Reduced(u * BigInteger.ModPow(v, 3, Prime) * BigInteger.ModPow(Reduced(u * BigInteger.ModPow(v, 7, Prime)), (Prime - 5) / 8, Prime));
        if (Reduced(v * x * x) != u)
        {
            x = Reduced(x * RootOfMinusOne);
        }

        if (y >= Prime || Reduced(v * x * x) != u || (x.IsZero && odd))
        {
            return null;
        }

        x = x.IsEven == odd ? Prime - x : x;
        return new Point(x, y, 1, Reduced(x * y));
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Reduced(value), Prime - 2, Prime);

    private static BigInteger Reduced(BigInteger value)
    {
        var rest = value % Prime;
        return rest.Sign < 0 ? rest + Prime : rest;
    }
}
