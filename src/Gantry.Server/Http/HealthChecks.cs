using System.Text;
using Gantry.Server.Requests;
using Gantry.Store;

namespace Gantry.Server.Http;

/// <summary>Answers <c>/livez</c>, <c>/readyz</c> and <c>/healthz</c>, each check by itself or all together.</summary>
internal sealed class HealthChecks
{
    private readonly IReadOnlyList<(string Name, bool OnlyReady, Func<string?> Fault)> _checks;

    /// <param name="store">Whether it can write.</param>
    /// <param name="stopping">Whether the server has begun to stop.</param>
    /// <param name="encryption">What is wrong with the keys of the store; null where nothing is encrypted.</param>
    public HealthChecks(IStore store, Func<bool> stopping, Func<string?>? encryption = null)
    {
        _checks =
        [
            ("ping", false, static () => null),
            ("log", false, static () => null),
            // Named as probes and dashboards know the store of a cluster.
            ("etcd", false, () => store.Health is { Condition: StoreCondition.Failing } health ? health.Reason : null),
            .. encryption is null ? [] : new (string, bool, Func<string?>)[] { ("encryption-provider-config", false, encryption) },
            ("informer-sync", true, static () => null),
            ("shutdown", true, () => stopping() ? "the server is stopping" : null),
        ];
    }

    /// <summary>The answer to a health path, or null when the path is none.</summary>
    public (int Code, byte[] Body)? Answer(string path, RequestOptions options)
    {
        foreach (var root in (ReadOnlySpan<string>)["/healthz", "/livez", "/readyz"])
        {
            if (path == root || path == root + "/")
            {
                return All(root, options);
            }

            if (path.StartsWith(root + "/", StringComparison.Ordinal))
            {
                var name = path[(root.Length + 1)..];
                var check = _checks.FirstOrDefault(c => c.Name == name && (root == "/readyz" || !c.OnlyReady));
                return check.Name is null ? null
                    : check.Fault() is { } fault ? (500, Encoding.UTF8.GetBytes($"internal server error: {fault}\n"))
                    : (200, "ok"u8.ToArray());
            }
        }

        return null;
    }

    private (int Code, byte[] Body) All(string root, RequestOptions options)
    {
        var excluded = options.All("exclude").ToHashSet(StringComparer.Ordinal);
        var text = new StringBuilder();
        var failed = false;
        foreach (var (name, onlyReady, fault) in _checks)
        {
            if (onlyReady && root != "/readyz")
            {
                continue;
            }

            if (excluded.Remove(name))
            {
                text.Append("[+]").Append(name).Append(" excluded: ok\n");
                continue;
            }

            var wrong = fault() is not null;
            failed |= wrong;
            // Reasons are for those who may read logs.
            text.Append(wrong ? "[-]" : "[+]").Append(name).Append(wrong ? " failed: reason withheld\n" : " ok\n");
        }

        if (excluded.Count > 0)
        {
            text.Append("warn: some health checks cannot be excluded: no matches for ")
                .AppendJoin(',', excluded.Order(StringComparer.Ordinal).Select(e => $"\"{e}\"")).Append('\n');
        }

        text.Append(root.AsSpan(1)).Append(failed ? " check failed\n" : " check passed\n");
        return failed ? (500, Encoding.UTF8.GetBytes(text.ToString()))
            : options.TryGet("verbose", out _) ? (200, Encoding.UTF8.GetBytes(text.ToString()))
            : (200, "ok"u8.ToArray());
    }
}
