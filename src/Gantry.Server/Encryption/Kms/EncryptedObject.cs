using System.Security.Cryptography;
using System.Text;
using Gantry.Api.Protobuf;
using Gantry.Server.Validation;

namespace Gantry.Server.Encryption.Kms;

/// <summary>What is stored behind <c>k8s:enc:kms:v2:NAME:</c>: Kubernetes' message <c>v2.EncryptedObject</c>.</summary>
/// <param name="Data">The encrypted value.</param>
/// <param name="Key">The encrypted key or seed.</param>
/// <param name="SourceType">What <paramref name="Key"/> is: 0 a key of AES-GCM, 1 the seed of such keys.</param>
public sealed record EncryptedObject(ReadOnlyMemory<byte> Data, WrappedKey Key, int SourceType)
{
    /// <summary>The seed of which every value gets a key of its own.</summary>
    public const int Seed = 1;

    private const int LongestKey = 1024;
    private const int LongestKeyId = 1024;
    private const int LongestAnnotations = 32 * 1024;

    /// <summary>Reads a message.</summary>
    /// <param name="message">Its bytes.</param>
    /// <exception cref="EncryptionException">It is none, or breaks a rule.</exception>
    public static EncryptedObject Decode(ReadOnlyMemory<byte> message)
    {
        var (data, keyId, key, type) = (Array.Empty<byte>(), "", Array.Empty<byte>(), 0);
        var annotations = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            var input = new ProtoInput(message.Span);
            while (input.Next())
            {
                switch (input.Number, input.Type)
                {
                    case (1, WireType.Length):
                        data = input.Content.ToArray();
                        break;
                    case (2, WireType.Length):
                        keyId = Encoding.UTF8.GetString(input.Content);
                        break;
                    case (3, WireType.Length):
                        key = input.Content.ToArray();
                        break;
                    case (4, WireType.Length):
                        var (name, value) = Annotation(input.Content);
                        annotations[name] = value;
                        break;
                    case (5, WireType.Varint):
                        type = (int)input.Value;
                        break;
                }
            }
        }
        catch (ProtoException e)
        {
            throw new EncryptionException("proto: cannot parse invalid wire-format data", e);
        }

        var read = new EncryptedObject(data, new WrappedKey(keyId, key, annotations), type);
        return read.Fault() is { } fault ? throw new EncryptionException(fault) : read;
    }

    /// <summary>The message.</summary>
    /// <param name="prefix">Comes before it.</param>
    public byte[] Encode(ReadOnlySpan<byte> prefix)
    {
        using var output = new ProtoOutput();
        if (SourceType != 0)
        {
            output.Integer(5, SourceType);
        }

        foreach (var (name, value) in Key.Annotations.OrderByDescending(a => a.Key, StringComparer.Ordinal))
        {
            var mark = output.Length;
            output.Blob(2, value);
            output.Text(1, name);
            output.Head(4, mark);
        }

        output.Blob(3, Key.Ciphertext.Span);
        output.Text(2, Key.KeyId);
        output.Blob(1, Data.Span);
        return [.. prefix, .. output.Written];
    }

    /// <summary>What is wrong with it, in Kubernetes' words, or null.</summary>
    public string? Fault()
    {
        if (SourceType is not (0 or Seed))
        {
            return $"unknown encryptedDEKSourceType: {SourceType}";
        }

        if (Data.IsEmpty)
        {
            return "encrypted data is empty";
        }

        var size = Key.Ciphertext.Length;
        if (size is 0 or > LongestKey)
        {
            return "failed to validate encrypted DEK source: "
                + (size == 0 ? "encrypted DEK source is empty" : $"encrypted DEK source is {size} bytes, which exceeds the max size of {LongestKey}");
        }

        return KeyIdFault(Key.KeyId) is { } fault ? "failed to validate key id: " + fault
            : AnnotationFault() is { } wrong ? "failed to validate annotations: " + wrong : null;
    }

    /// <summary>What is wrong with the name of a plugin's key, or null.</summary>
    public static string? KeyIdFault(string keyId)
    {
        var size = Encoding.UTF8.GetByteCount(keyId);
        return size == 0 ? "keyID is empty" : size > LongestKeyId ? $"keyID is {size} bytes, which exceeds the max size of {LongestKeyId}" : null;
    }

    /// <summary>What tells the key from every other one.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(ReadOnlySpan<byte> part)
        {
            hash.AppendData(BitConverter.GetBytes(part.Length));
            hash.AppendData(part);
        }

        Add([(byte)SourceType]);
        Add(Key.Ciphertext.Span);
        Add(Encoding.UTF8.GetBytes(Key.KeyId));
        foreach (var (name, value) in Key.Annotations.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            Add(Encoding.UTF8.GetBytes(name));
            Add(value);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static (string Name, byte[] Value) Annotation(ReadOnlySpan<byte> message)
    {
        var (name, value) = ("", Array.Empty<byte>());
        var input = new ProtoInput(message);
        while (input.Next())
        {
            switch (input.Number, input.Type)
            {
                case (1, WireType.Length):
                    name = Encoding.UTF8.GetString(input.Content);
                    break;
                case (2, WireType.Length):
                    value = input.Content.ToArray();
                    break;
            }
        }

        return (name, value);
    }

    private string? AnnotationFault()
    {
        var errors = new FieldErrors();
        long size = 0;
        foreach (var (name, value) in Key.Annotations.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            DomainRules.FullyQualifiedDomain(errors, name, FieldPath.Root("annotations"));
            size += Encoding.UTF8.GetByteCount(name) + value.Length;
        }

        var faults = errors.List.Select(e => e.ToString()).ToList();
        if (size > LongestAnnotations)
        {
            faults.Add($"total size of annotations is {size}, which exceeds the max size of {LongestAnnotations}");
        }

        return faults.Count == 0 ? null : faults.Count == 1 ? faults[0] : "[" + string.Join(", ", faults) + "]";
    }
}
