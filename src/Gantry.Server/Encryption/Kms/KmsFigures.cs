using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Gantry.Server.Figures;

namespace Gantry.Server.Encryption.Kms;

/// <summary>What <c>/metrics</c> says of one plugin and its keys, under Kubernetes' names.</summary>
internal sealed class KmsFigures(string provider, TimeProvider clock)
{
    private const string Prefix = "apiserver_envelope_encryption_";

    private readonly ConcurrentDictionary<(string Direction, string KeyId), Use> _uses = new();
    private static readonly double[] Bounds = [.. Enumerable.Range(0, 14).Select(i => 0.0001 * (1 << i))];

    private readonly ConcurrentDictionary<(string Method, string Code), Histogram> _asked = new();
    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _wrong = new(StringComparer.Ordinal);

    /// <summary>How many decrypted keys are at hand.</summary>
    public Func<int> Held { get; set; } = static () => 0;

    public void Written(string keyId) => Note("to_storage", keyId);

    public void Read(string keyId) => Note("from_storage", keyId);

    /// <summary>The plugin was called.</summary>
    public void Asked(string method, string code, TimeSpan took) => _asked.GetOrAdd((method, code), static _ => new Histogram(Bounds)).Add(took);

    /// <summary>The plugin has named its key.</summary>
    public void Seen(string keyId) => _seen[keyId] = Now();

    /// <summary>The plugin has named a key that cannot be.</summary>
    public void Wrong(string keyId) => _wrong.AddOrUpdate(keyId.Length == 0 ? "empty" : "too_long", 1, static (_, n) => n + 1);

    public static void Append(StringBuilder text, IReadOnlyCollection<KmsFigures> all, string server)
    {
        Uses(text, all, server, "key_id_hash_total", "counter", "How often a key was used.", u => Interlocked.Read(ref u.Count));
        Uses(text, all, server, "key_id_hash_last_timestamp_seconds", "gauge", "When a key was used last, since 1970.", u => Interlocked.Read(ref u.Last));
        FigureText.Begin(text, Prefix + "key_id_hash_status_last_timestamp_seconds", "gauge", "When a plugin last named a key as its own, since 1970.");
        foreach (var figures in all)
        {
            foreach (var (keyId, at) in figures._seen)
            {
                Line(text, "key_id_hash_status_last_timestamp_seconds", at, [("apiserver_id_hash", server), ("key_id_hash", WriteKey.Hash(keyId)), ("provider_name", figures.Provider)]);
            }
        }

        FigureText.Begin(text, Prefix + "invalid_key_id_from_status_total", "counter", "Keys without a proper name, by plugin and fault.");
        foreach (var figures in all)
        {
            foreach (var (error, count) in figures._wrong)
            {
                Line(text, "invalid_key_id_from_status_total", count, [("error", error), ("provider_name", figures.Provider)]);
            }
        }

        FigureText.Begin(text, Prefix + "kms_operations_latency_seconds", "histogram", "How long calls of plugins took, by how they ended.");
        foreach (var figures in all)
        {
            foreach (var ((method, code), took) in figures._asked)
            {
                took.Append(text, Prefix + "kms_operations_latency_seconds", FigureText.Labels(
                    ("grpc_status_code", code), ("method_name", "/v2.KeyManagementService/" + method), ("provider_name", figures.Provider)));
            }
        }

        FigureText.Begin(text, Prefix + "dek_source_cache_size", "gauge", "Decrypted keys at hand.");
        foreach (var figures in all)
        {
            Line(text, "dek_source_cache_size", figures.Held(), [("provider_name", figures.Provider)]);
        }
    }

    private string Provider => provider;

    private static void Uses(StringBuilder text, IReadOnlyCollection<KmsFigures> all, string server, string name, string type, string help, Func<Use, long> value)
    {
        FigureText.Begin(text, Prefix + name, type, help);
        foreach (var figures in all)
        {
            foreach (var ((direction, keyId), use) in figures._uses)
            {
                Line(text, name, value(use), [
                    ("apiserver_id_hash", server), ("key_id_hash", WriteKey.Hash(keyId)), ("provider_name", figures.Provider), ("transformation_type", direction)]);
            }
        }
    }

    private static void Line(StringBuilder text, string name, long value, (string Name, string Value)[] labels) =>
        text.Append(CultureInfo.InvariantCulture, $"{Prefix}{name}{{{FigureText.Labels(labels)}}} {value}\n");

    private void Note(string direction, string keyId)
    {
        var use = _uses.GetOrAdd((direction, keyId), static _ => new Use());
        Interlocked.Increment(ref use.Count);
        Interlocked.Exchange(ref use.Last, Now());
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeSeconds();

    private sealed class Use
    {
        public long Count;
        public long Last;
    }
}
