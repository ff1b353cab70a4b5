using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Node.Pods;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Machine;

/// <summary>The Node object: made at the first start, its labels and resources kept as they are now.</summary>
public sealed class NodeRegistration
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly IApiClient _api;
    private readonly NodeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public NodeRegistration(IApiClient api, NodeOptions options, TimeProvider clock, ILogger log)
    {
        _api = api;
        _options = options;
        _clock = clock;
        _log = log;
    }

    /// <summary>Registers, however long the API takes to be there, and answers the node as the API has it.</summary>
    public async Task<V1Node> RegisterAsync(V1NodeStatus status, CancellationToken ct)
    {
        var pause = Pause;
        while (true)
        {
            try
            {
                var node = await TryAsync(status, ct);
                NodeLog.Registered(_log, _options.Name);
                return node;
            }
#pragma warning disable CA1031 // there is nothing to do but to try again
            catch (Exception failure) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                NodeLog.NodeRefused(_log, _options.Name, "registration", failure.Message);
            }

            await Task.Delay(pause, _clock, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<V1Node> TryAsync(V1NodeStatus status, CancellationToken ct)
    {
        var labels = Labels();
        if (await _api.GetAsync<V1Node>("", _options.Name, ct) is not { } known)
        {
            var created = await _api.CreateAsync(
                new V1Node
                {
                    Metadata = new V1ObjectMeta { Name = _options.Name, Labels = labels },
                    Spec = new V1NodeSpec { PodCIDR = _options.PodCidr, PodCIDRs = _options.PodCidr.Length > 0 ? [_options.PodCidr] : [], Taints = _options.Taints },
                    Status = status,
                },
                ct);
            return created.Require();
        }

        var needsCidr = known.Spec.PodCIDR.Length == 0 && _options.PodCidr.Length > 0;
        if (!needsCidr && labels.All(l => known.Metadata.Labels.GetValueOrDefault(l.Key) == l.Value))
        {
            return known;
        }

        var patch = PatchBody.Write(PatchType.Merge, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WritePropertyName("labels");
            JsonModel.WriteMap(json, labels, (writer, value) => writer.WriteStringValue(value));
            json.WriteEndObject();
            if (needsCidr)
            {
                json.WriteStartObject("spec");
                json.WriteString("podCIDR", _options.PodCidr);
                json.WriteStartArray("podCIDRs");
                json.WriteStringValue(_options.PodCidr);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
        return (await _api.PatchAsync<V1Node>("", _options.Name, patch, ct: ct)).Require();
    }

    private Dictionary<string, string> Labels() => new(_options.Labels, StringComparer.Ordinal)
    {
        ["kubernetes.io/hostname"] = _options.Name,
        ["kubernetes.io/os"] = "linux",
        ["kubernetes.io/arch"] = MachineIdentity.Architecture,
        ["beta.kubernetes.io/os"] = "linux",
        ["beta.kubernetes.io/arch"] = MachineIdentity.Architecture,
    };
}
