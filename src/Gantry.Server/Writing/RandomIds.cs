using System.Security.Cryptography;

namespace Gantry.Server.Writing;

/// <summary>Ids that nobody can guess.</summary>
public sealed class RandomIds : IIds
{
    // No vowels and no characters that look alike, so that no words come about.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public static RandomIds Instance { get; } = new();

    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        // RFC 9562, version 4.
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    public string Suffix(int length) => RandomNumberGenerator.GetString(Alphabet, length);
}
