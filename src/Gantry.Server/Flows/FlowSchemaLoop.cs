using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Handling;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Flows;

/// <summary>
/// Tells flow control of every change of its objects, and keeps the Dangling condition of every FlowSchema: whether the priority level it names exists.
/// </summary>
internal sealed class FlowSchemaLoop
{
    private readonly FlowController _flows;
    private readonly ObjectRegistry _registry;
    private readonly ResourceTable _resources;
    private readonly ObjectWriter _writer;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public FlowSchemaLoop(FlowController flows, ObjectRegistry registry, ResourceTable resources, ObjectWriter writer, TimeProvider clock, ILogger log)
    {
        _flows = flows;
        _registry = registry;
        _resources = resources;
        _writer = writer;
        _clock = clock;
        _log = log;
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            // Taken before anything is looked at, so that nothing is missed in between.
            var changed = Task.WhenAny(_registry.Require(V1FlowSchema.Resource).Pulse, _registry.Require(V1PriorityLevelConfiguration.Resource).Pulse);
            var flows = _registry.List<V1FlowSchema>().ToList();
            _flows.Configure(flows, [.. _registry.List<V1PriorityLevelConfiguration>()]);
            foreach (var flow in flows)
            {
                var level = flow.Spec.PriorityLevelConfiguration.Name;
                var wanted = Condition(level, _registry.Get<V1PriorityLevelConfiguration>("", level) is not null);
                var known = flow.Status.Conditions.FirstOrDefault(c => c.Type == wanted.Type);
                if (known is null || known.Status != wanted.Status || known.Reason != wanted.Reason || known.Message != wanted.Message)
                {
                    await WriteAsync(flow, wanted, cancellation).ConfigureAwait(false);
                }
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    internal static V1FlowSchemaCondition Condition(string level, bool exists) => new()
    {
        Type = "Dangling",
        Status = exists ? "False" : "True",
        Reason = exists ? "Found" : "NotFound",
        Message = $"This FlowSchema references the PriorityLevelConfiguration object named \"{level}\" "
            + (exists ? "and it exists" : "but there is no such object"),
    };

    private async ValueTask WriteAsync(V1FlowSchema flow, V1FlowSchemaCondition wanted, CancellationToken cancellation)
    {
        var scope = new WriteScope
        {
            Resource = _resources.Find(V1FlowSchema.Resource.Group, "v1", V1FlowSchema.Resource.Plural)!,
            User = UserInfo.Loopback,
            Name = flow.Metadata.Name,
            Subresource = "status",
            FieldManager = "api-priority-and-fairness-config-consumer-v1",
        };
        // The time is that of the last change of any of it, not of the status alone.
        var applied = Applied(flow.Metadata.Name, wanted, _clock.GetUtcNow());
        var outcome = await _writer.UpdateAsync(
            scope,
            (old, stored) => old is null || stored?.Uid != flow.Metadata.Uid
                ? ApiStatus.NotFound(V1FlowSchema.Resource, flow.Metadata.Name)
                : FieldTracking.Apply(scope, old, (TreeMap)applied.DeepClone(), force: true, _clock.GetUtcNow()),
            cancellation).ConfigureAwait(false);
        if (outcome is WriteOutcome.Refused { Status: { Code: not (404 or 409) } refusal })
        {
            FlowLog.StatusRefused(_log, flow.Metadata.Name, refusal.Message);
        }
    }

    private static TreeMap Applied(string name, V1FlowSchemaCondition wanted, DateTimeOffset since)
    {
        var condition = new TreeMap();
        condition["type"] = wanted.Type;
        condition["status"] = wanted.Status;
        condition["lastTransitionTime"] = ApiTimes.Format(since);
        condition["reason"] = wanted.Reason;
        condition["message"] = wanted.Message;
        var (metadata, status, applied) = (new TreeMap(), new TreeMap(), new TreeMap());
        metadata["name"] = name;
        status["conditions"] = new TreeList([condition]);
        applied["apiVersion"] = V1FlowSchema.Resource.ApiVersion;
        applied["kind"] = V1FlowSchema.Resource.Kind;
        applied["metadata"] = metadata;
        applied["status"] = status;
        return applied;
    }
}
