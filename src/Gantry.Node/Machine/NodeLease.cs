using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Node.Pods;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Machine;

/// <summary>The node's sign of life: a lease renewed at a steady pace.</summary>
public sealed class NodeLease
{
    private const string Namespace = "kube-node-lease";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly IApiClient _api;
    private readonly NodeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public NodeLease(IApiClient api, NodeOptions options, TimeProvider clock, ILogger log)
    {
        _api = api;
        _options = options;
        _clock = clock;
        _log = log;
    }

    /// <param name="node">The registered node, which owns the lease.</param>
    /// <param name="ct">The end.</param>
    public async Task RunAsync(V1Node node, CancellationToken ct)
    {
        V1Lease? held = null;
        while (true)
        {
            string? why = null;
            try
            {
                held = await RenewAsync(node, held ?? await _api.GetAsync<V1Lease>(Namespace, _options.Name, ct), ct);
            }
#pragma warning disable CA1031 // a node that cannot renew its lease, for whatever reason, goes on with its pods
            catch (Exception failure) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                held = null;
                why = failure.Message;
                NodeLog.NodeRefused(_log, _options.Name, "lease", why);
            }

            await Task.Delay(why is null ? _options.LeaseInterval : Pause, _clock, ct);
        }
    }

    private async Task<V1Lease> RenewAsync(V1Node node, V1Lease? held, CancellationToken ct)
    {
        var spec = new V1LeaseSpec { HolderIdentity = _options.Name, LeaseDurationSeconds = (int)_options.LeaseDuration.TotalSeconds, RenewTime = _clock.GetUtcNow() };
        if (held is not null)
        {
            return (await _api.UpdateAsync(held with { Spec = spec }, ct: ct)).Require();
        }

        var owner = new V1OwnerReference { ApiVersion = "v1", Kind = "Node", Name = node.Metadata.Name, Uid = node.Metadata.Uid };
        return (await _api.CreateAsync(
            new V1Lease { Metadata = new V1ObjectMeta { Namespace = Namespace, Name = _options.Name, OwnerReferences = [owner] }, Spec = spec }, ct)).Require();
    }
}
