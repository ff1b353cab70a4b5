using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gantry.Api.Models;

namespace Gantry.Server.Bootstrap;

/// <summary>The Lease by which an API server tells that it is there (Kubernetes' <c>APIServerIdentity</c>).</summary>
public static class IdentityLease
{
    public const string Namespace = "kube-system";

    /// <summary>Tells leases of servers from others, by what kind of server it is.</summary>
    public const string Label = "apiserver.kubernetes.io/identity";

    public const string Component = "kube-apiserver";

    private const int Seconds = 3600;
    private const string Digits = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>The name of the server on a host: the same after each start.</summary>
    public static string NameOf(string host)
    {
        var (first, second) = (Encoding.UTF8.GetBytes(host), Encoding.UTF8.GetBytes(Component));
        var text = new byte[first.Length + second.Length + 4];
        BinaryPrimitives.WriteUInt16BigEndian(text, (ushort)first.Length);
        first.CopyTo(text, 2);
        BinaryPrimitives.WriteUInt16BigEndian(text.AsSpan(2 + first.Length), (ushort)second.Length);
        second.CopyTo(text, 4 + first.Length);
        return "apiserver-" + Base32(SHA256.HashData(text).AsSpan(0, 16));
    }

    /// <param name="host">The machine.</param>
    /// <param name="run">Tells this run of the server from others.</param>
    /// <param name="now">When it was there.</param>
    public static V1Lease Of(string host, string run, DateTimeOffset now)
    {
        var name = NameOf(host);
        return new V1Lease
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                Namespace = Namespace,
                Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [Label] = Component, ["kubernetes.io/hostname"] = host },
            },
            Spec = new V1LeaseSpec { HolderIdentity = $"{name}_{run}", LeaseDurationSeconds = Seconds, RenewTime = now },
        };
    }

    /// <summary>The lease with a new time. The holder stays that of the run which made it.</summary>
    public static V1Lease Renewed(V1Lease stored, V1Lease expected)
    {
        var labels = new Dictionary<string, string>(stored.Metadata.Labels, StringComparer.Ordinal);
        foreach (var (key, value) in expected.Metadata.Labels)
        {
            labels[key] = value;
        }

        return stored with { Metadata = stored.Metadata with { Labels = labels }, Spec = stored.Spec with { RenewTime = expected.Spec.RenewTime } };
    }

    /// <summary>Whether the lease is that of a server which has not been there for its whole duration.</summary>
    public static bool IsLeft(V1Lease lease, DateTimeOffset now) => lease.Metadata.Labels.GetValueOrDefault(Label) == Component
        && (lease.Spec is not { RenewTime: { } renewed, LeaseDurationSeconds: { } seconds } || renewed + TimeSpan.FromSeconds(seconds) < now);

    // RFC 4648 without padding, in lower case.
    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (held, bits) = (0, 0);
        foreach (var b in bytes)
        {
            (held, bits) = ((held << 8) | b, bits + 8);
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Digits[(held >> bits) & 31]);
            }

            held &= (1 << bits) - 1;
        }

        return bits == 0 ? text.ToString() : text.Append(Digits[(held << (5 - bits)) & 31]).ToString();
    }
}
