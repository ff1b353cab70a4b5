using System.Text;
using Gantry.Server.Encryption;
using Gantry.Server.Requests;
using Gantry.Store;

namespace Gantry.Server.Http;

/// <summary>Answers <c>/livez</c>, <c>/readyz</c> and <c>/healthz</c>, each check by itself or all together.</summary>
internal sealed class HealthChecks
{
    private static readonly string[] Roots = ["/healthz", "/livez", "/readyz"];

    // What Kubernetes' server starts beside itself, as far as this one has it too: probes and scripts wait for single ones.
    private static readonly string[] Hooks =
    [
        "start-apiserver-admission-initializer", "generic-apiserver-start-informers", "priority-and-fairness-config-consumer", "priority-and-fairness-filter",
        "storage-object-count-tracker-hook", "start-apiextensions-informers", "start-apiextensions-controllers", "crd-informer-synced", "start-system-namespaces-controller",
        "start-cluster-authentication-info-controller", "start-kube-apiserver-identity-lease-controller", "start-kube-apiserver-identity-lease-garbage-collector",
        "start-legacy-token-tracking-controller", "start-service-ip-repair-controllers", "rbac/bootstrap-roles", "scheduling/bootstrap-system-priority-classes",
        "priority-and-fairness-config-producer", "bootstrap-controller", "aggregator-reload-proxy-client-cert", "start-kube-aggregator-informers",
        "apiservice-status-local-available-controller", "apiservice-status-remote-available-controller", "apiservice-registration-controller",
        "apiservice-discovery-controller", "kube-apiserver-autoregistration",
    ];

    private static readonly string[] LastHooks = ["apiservice-openapi-controller", "apiservice-openapiv3-controller"];

    private readonly IReadOnlyList<Check> _checks;
    private readonly HealthFigures _figures = new();

    /// <param name="store">Whether it can write.</param>
    /// <param name="stopping">Whether the server has begun to stop.</param>
    /// <param name="started">Whether everything that starts with the server has, and the cluster's first objects are there.</param>
    /// <param name="encryption">The keys of the store; null where nothing is encrypted.</param>
    public HealthChecks(IStore store, Func<bool> stopping, Func<bool> started, EncryptionAtRest? encryption = null)
    {
        string? Storage() => store.Health is { Condition: StoreCondition.Failing } health ? health.Reason : null;
        string? Start() => started() ? null : "not finished";
        _checks =
        [
            new("ping", false, static () => null),
            new("log", false, static () => null),
            // Named as probes and dashboards know the store of a cluster.
            new("etcd", false, Storage),
            new("etcd-readiness", true, Storage),
            .. encryption is { AsksOthers: true } ? [new Check("kms-providers", false, encryption.CheckAsync)] : Array.Empty<Check>(),
            .. encryption is null ? [] : new Check[] { new("encryption-provider-config", false, () => encryption.Fault) },
            new("informer-sync", true, static () => null),
            .. Hooks.Select(h => new Check("poststarthook/" + h, false, Start)),
            new("autoregister-completion", false, Start),
            .. LastHooks.Select(h => new Check("poststarthook/" + h, false, Start)),
            new("shutdown", true, () => stopping() ? "the server is stopping" : null),
        ];
    }

    /// <summary>Every path that is answered.</summary>
    public IEnumerable<string> Paths => Roots.SelectMany(r => _checks.Where(c => IsOf(c, r)).Select(c => $"{r}/{c.Name}").Prepend(r));

    /// <summary>What the checks found so far (<c>/metrics/slis</c>).</summary>
    public byte[] Figures() => _figures.Text();

    /// <summary>The answer to a health path, or null when the path is none.</summary>
    public async ValueTask<(int Code, byte[] Body)?> AnswerAsync(string path, RequestOptions options, CancellationToken cancellation)
    {
        if (path.Length < 2 || path[1] is not ('h' or 'l' or 'r'))
        {
            return null;
        }

        foreach (var root in Roots)
        {
            if (path == root)
            {
                return await AllAsync(root, options, cancellation).ConfigureAwait(false);
            }

            if (path.StartsWith(root + "/", StringComparison.Ordinal))
            {
                var name = path[(root.Length + 1)..];
                var check = _checks.FirstOrDefault(c => c.Name == name && IsOf(c, root));
                return check is null ? null
                    : await check.Fault(cancellation).ConfigureAwait(false) is { } fault ? (500, Encoding.UTF8.GetBytes($"internal server error: {fault}\n"))
                    : (200, "ok"u8.ToArray());
            }
        }

        return null;
    }

    private async ValueTask<(int Code, byte[] Body)> AllAsync(string root, RequestOptions options, CancellationToken cancellation)
    {
        var excluded = options.All("exclude").ToHashSet(StringComparer.Ordinal);
        var text = new StringBuilder();
        var failed = false;
        foreach (var (name, _, fault) in _checks.Where(c => IsOf(c, root)))
        {
            if (excluded.Remove(name))
            {
                text.Append("[+]").Append(name).Append(" excluded: ok\n");
                continue;
            }

            var wrong = await fault(cancellation).ConfigureAwait(false) is not null;
            failed |= wrong;
            _figures.Add(name, root[1..], !wrong);
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

    private static bool IsOf(Check check, string root) => root == "/readyz" || !check.OnlyReady;

    private sealed record Check(string Name, bool OnlyReady, Func<CancellationToken, ValueTask<string?>> Fault)
    {
        public Check(string name, bool onlyReady, Func<string?> fault)
            : this(name, onlyReady, _ => ValueTask.FromResult(fault()))
        {
        }
    }
}
