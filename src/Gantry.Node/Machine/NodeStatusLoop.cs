using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Gantry.Node.Pods;
using Gantry.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Machine;

/// <summary>Looks at the machine now and then and writes what changed; what did not change is written rarely.</summary>
public sealed class NodeStatusLoop
{
    // Until the node is ready somebody waits for it.
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(50);
    private const int EagerLooks = 200;
    private const int MaxImages = 50;

    private readonly IApiClient _api;
    private readonly IContainerRuntime _runtime;
    private readonly NodeOptions _options;
    private readonly MachineResources _machine;
    private readonly Cache<V1Node> _nodes;
    private readonly NodeRegistration _registration;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    /// <param name="api">Where the status goes.</param>
    /// <param name="runtime">What is asked whether it is ready.</param>
    /// <param name="options">The node.</param>
    /// <param name="machine">What it has.</param>
    /// <param name="nodes">Holds this node alone, as the API has it: others write to its status too.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">For what operators should know.</param>
    public NodeStatusLoop(IApiClient api, IContainerRuntime runtime, NodeOptions options, MachineResources machine, Cache<V1Node> nodes, TimeProvider clock, ILogger log)
    {
        _api = api;
        _nodes = nodes;
        _registration = new NodeRegistration(api, options, clock, log);
        _runtime = runtime;
        _options = options;
        _machine = machine;
        _clock = clock;
        _log = log;
    }

    /// <summary>What keeps the node from running pods although the runtime answers; empty: nothing.</summary>
    public string Problem { get; set; } = "";

    /// <summary>Registers the node, however long that takes, before anything is known of the runtime.</summary>
    public Task<V1Node> RegisterAsync(CancellationToken ct) => _registration.RegisterAsync(Of(new V1NodeStatus(), null, "", []), ct);

    /// <param name="node">The node as it was registered.</param>
    /// <param name="ct">The end.</param>
    public async Task RunAsync(V1Node node, CancellationToken ct)
    {
        var written = DateTimeOffset.MinValue;
        var version = "";
        var ready = false;
        for (var look = 0; ; look++)
        {
            var now = _clock.GetUtcNow();
            try
            {
                node = await LatestAsync(node, ct);
                var known = node.Status;
                var (runtime, images) = await ReadAsync(ct);
                version = version.Length == 0 && runtime is not null ? await VersionAsync(ct) : version;
                var status = Of(known, runtime, version, images ?? known.Images);
                if (now - written >= _options.StatusReportInterval || !Same(known, status))
                {
                    node = (await _api.PatchAsync<V1Node>("", _options.Name, Patch(status), "status", ct)).Require();
                    written = now;
                }

                var isReady = status.Conditions.Any(c => c is { Type: "Ready", Status: "True" });
                if (isReady && !ready)
                {
                    NodeLog.Ready(_log, _options.Name);
                }

                ready = isReady;
            }
#pragma warning disable CA1031 // a node that cannot tell its state, for whatever reason, goes on with its pods
            catch (Exception failure) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                NodeLog.NodeRefused(_log, _options.Name, "status", failure.Message);
            }

            await Task.Delay(!ready && look < EagerLooks ? Eager : _options.StatusInterval, _clock, ct);
        }
    }

    // Somebody else may have written since, or deleted the node; as long as the agent runs there is a node.
    private async Task<V1Node> LatestAsync(V1Node node, CancellationToken ct)
    {
        if (!_nodes.Synced || _nodes.Revision < Revisions.Parse(node.Metadata.ResourceVersion))
        {
            return node;
        }

        return _nodes.Snapshot.Get("", _options.Name) ?? await RegisterAsync(ct);
    }

    private V1NodeStatus Of(V1NodeStatus known, RuntimeStatus? runtime, string version, IReadOnlyList<V1ContainerImage> images) => known with
    {
        Capacity = Merge(known.Capacity, _machine.Capacity),
        Allocatable = Merge(known.Allocatable, _machine.Allocatable),
        Addresses = [.. _options.Addresses.Select(a => new V1NodeAddress { Type = "InternalIP", Address = a }), new V1NodeAddress { Type = "Hostname", Address = _options.Name }],
        DaemonEndpoints = new V1NodeDaemonEndpoints { KubeletEndpoint = new V1DaemonEndpoint { Port = _options.Port } },
        NodeInfo = MachineIdentity.Read(version, _options.Version),
        Images = images,
        Conditions = NodeConditions.Of(MachinePressure.Read(_options.PodDirectory), runtime, Problem, _options, known.Conditions, _clock.GetUtcNow()),
    };

    // Others may add resources of their own, such as devices.
    private static Dictionary<string, Quantity> Merge(IReadOnlyDictionary<string, Quantity> known, IReadOnlyDictionary<string, Quantity> own)
    {
        var result = new Dictionary<string, Quantity>(known, StringComparer.Ordinal);
        foreach (var (name, amount) in own)
        {
            result[name] = amount;
        }

        return result;
    }

    private static bool Same(V1NodeStatus a, V1NodeStatus b) =>
        NodeConditions.Same(a.Conditions, b.Conditions) && (a with { Conditions = [] }).Equals(b with { Conditions = [] });

    private static PatchBody Patch(V1NodeStatus status)
    {
        // Lists that merge by a key would keep what is gone; addresses and images are the node's alone.
        var tree = System.Text.Encoding.UTF8.GetString(ApiJson.Encode(status with { Addresses = [] }));
        using var json = System.Text.Json.JsonDocument.Parse(tree);
        return PatchBody.Write(PatchType.StrategicMerge, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("status");
            writer.WriteStartArray("addresses");
            writer.WriteStartObject();
            writer.WriteString("$patch", "replace");
            writer.WriteEndObject();
            foreach (var address in status.Addresses)
            {
                address.Write(writer);
            }

            writer.WriteEndArray();
            foreach (var member in json.RootElement.EnumerateObject().Where(m => m.Name != "addresses"))
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private async Task<(RuntimeStatus? Runtime, IReadOnlyList<V1ContainerImage>? Images)> ReadAsync(CancellationToken ct)
    {
        try
        {
            var status = await _runtime.StatusAsync(ct);
            var images = (await _runtime.ListImagesAsync(ct))
                .OrderByDescending(i => i.Size).ThenBy(i => i.Id, StringComparer.Ordinal).Take(MaxImages)
                .Select(i => new V1ContainerImage { Names = [.. i.RepoDigests, .. i.RepoTags], SizeBytes = (long)i.Size });
            return (status, [.. images.Where(i => i.Names.Count > 0)]);
        }
        catch (GrpcException)
        {
            // That it does not answer is what the condition says.
            return (null, null);
        }
    }

    private async Task<string> VersionAsync(CancellationToken ct)
    {
        try
        {
            var answer = await _runtime.VersionAsync(ct);
            return $"{answer.RuntimeName}://{answer.RuntimeVersion}";
        }
        catch (GrpcException)
        {
            return "";
        }
    }
}
