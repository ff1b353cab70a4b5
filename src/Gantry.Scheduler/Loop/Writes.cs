using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Reading;
using Microsoft.Extensions.Logging;

namespace Gantry.Scheduler.Loop;

/// <summary>Performs intents through the API. Every method says whether it succeeded; a refusal is logged, never thrown.</summary>
internal sealed class Writes(IApiClient api, IEventRecorder events, SchedulerOptions options, TimeProvider clock, ILogger log)
{
    public async ValueTask<bool> PerformAsync(Intent intent, CancellationToken ct) => intent switch
    {
        Intent.Bind bind => await BindAsync(bind, ct).ConfigureAwait(false),
        Intent.Prepare prepare => await PrepareAsync(prepare, ct).ConfigureAwait(false),
        Intent.Refuse refuse => await RefuseAsync(refuse, ct).ConfigureAwait(false),
        _ => throw new InvalidOperationException("unknown intent"),
    };

    private async ValueTask<bool> BindAsync(Intent.Bind bind, CancellationToken ct)
    {
        var pod = bind.Pod;
        var body = new V1Binding
        {
            Metadata = new V1ObjectMeta { Name = pod.Name, Namespace = pod.Namespace, Uid = pod.Uid },
            Target = new V1ObjectReference { Kind = "Node", Name = bind.Node },
        };
        var result = await api.CreateSubresourceAsync<V1Pod, V1Binding>(pod.Namespace, pod.Name, "binding", body, ct).ConfigureAwait(false);
        if (!result.Ok)
        {
            if (!result.Error.IsNotFound)
            {
                SchedulerLog.NotBound(log, pod.Namespace, pod.Name, bind.Node, result.Error.Message);
            }

            return false;
        }

        events.Record(Reference(pod), "Normal", "Scheduled", $"Successfully assigned {pod.Namespace}/{pod.Name} to {bind.Node}");
        return true;
    }

    /// <summary>A volume that exists is promised to its claim; every claim is told the node, which is what provisioners wait for.</summary>
    private async ValueTask<bool> PrepareAsync(Intent.Prepare prepare, CancellationToken ct)
    {
        var done = true;
        foreach (var (claim, volume) in prepare.Claims)
        {
            if (volume.Length > 0)
            {
                var promise = PatchBody.Write(PatchType.Merge, json => WriteClaimRef(json, claim));
                done &= Ok(await api.PatchAsync<V1PersistentVolume>("", volume, promise, ct: ct).ConfigureAwait(false), "volume", volume);
            }
            else if (claim.SelectedNode != prepare.Node)
            {
                var choice = PatchBody.Write(PatchType.Merge, json => WriteSelectedNode(json, prepare.Node));
                done &= Ok(await api.PatchAsync<V1PersistentVolumeClaim>(claim.Namespace, claim.Name, choice, ct: ct).ConfigureAwait(false), "claim", claim.Name);
            }
        }

        return done;
    }

    private async ValueTask<bool> RefuseAsync(Intent.Refuse refuse, CancellationToken ct)
    {
        var pod = refuse.Pod;
        events.Record(Reference(pod), "Warning", "FailedScheduling", refuse.Message);
        var done = true;
        if (refuse.Report)
        {
            var patch = PatchBody.Write(PatchType.StrategicMerge, json => WriteRefusal(json, refuse));
            done = Ok(await api.PatchAsync<V1Pod>(pod.Namespace, pod.Name, patch, "status", ct).ConfigureAwait(false), "pod", pod.Name);
        }

        foreach (var loser in refuse.LosingNomination)
        {
            var patch = PatchBody.Write(PatchType.Merge, json => WriteNomination(json, ""));
            Ok(await api.PatchAsync<V1Pod>(loser.Namespace, loser.Name, patch, "status", ct).ConfigureAwait(false), "pod", loser.Name);
        }

        foreach (var victim in refuse.Victims)
        {
            done &= await EvictAsync(victim, pod, refuse.Nominate ?? "", ct).ConfigureAwait(false);
        }

        return done;
    }

    private async ValueTask<bool> EvictAsync(PodFact victim, PodFact pod, string node, CancellationToken ct)
    {
        var message = $"{options.Name}: preempting to accommodate a higher priority pod";
        var patch = PatchBody.Write(
            PatchType.StrategicMerge, json => WriteCondition(json, "DisruptionTarget", "True", "PreemptionByScheduler", message, nominate: null));
        if (!Ok(await api.PatchAsync<V1Pod>(victim.Namespace, victim.Name, patch, "status", ct).ConfigureAwait(false), "pod", victim.Name))
        {
            return false;
        }

        var only = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = victim.Uid } };
        if (!Ok(await api.DeleteAsync<V1Pod>(victim.Namespace, victim.Name, only, ct).ConfigureAwait(false), "pod", victim.Name))
        {
            return false;
        }

        events.Record(Reference(victim), "Normal", "Preempted", $"Preempted by pod {pod.Uid} on node {node}");
        return true;
    }

    /// <summary>What is gone needs nothing more.</summary>
    private bool Ok<T>(ApiResult<T> result, string kind, string name)
        where T : class
    {
        if (result.Ok || result.Error.IsNotFound)
        {
            return true;
        }

        SchedulerLog.NotWritten(log, kind, name, result.Error.Message);
        return false;
    }

    private static V1ObjectReference Reference(PodFact pod) =>
        new() { ApiVersion = "v1", Kind = "Pod", Namespace = pod.Namespace, Name = pod.Name, Uid = pod.Uid };

    private void WriteRefusal(Utf8JsonWriter json, Intent.Refuse refuse) =>
        WriteCondition(json, "PodScheduled", "False", "Unschedulable", refuse.Message, refuse.Nominate);

    private void WriteCondition(Utf8JsonWriter json, string type, string status, string reason, string message, string? nominate)
    {
        json.WriteStartObject();
        json.WriteStartObject("status");
        json.WriteStartArray("conditions");
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("status", status);
        json.WriteString("reason", reason);
        json.WriteString("message", message);
        json.WriteNull("lastProbeTime");
        json.WriteString("lastTransitionTime", Now());
        json.WriteEndObject();
        json.WriteEndArray();
        if (nominate is not null)
        {
            WriteNominated(json, nominate);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNomination(Utf8JsonWriter json, string node)
    {
        json.WriteStartObject();
        json.WriteStartObject("status");
        WriteNominated(json, node);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNominated(Utf8JsonWriter json, string node)
    {
        if (node.Length == 0)
        {
            json.WriteNull("nominatedNodeName");
        }
        else
        {
            json.WriteString("nominatedNodeName", node);
        }
    }

    private static void WriteClaimRef(Utf8JsonWriter json, ClaimFact claim)
    {
        json.WriteStartObject();
        json.WriteStartObject("spec");
        json.WriteStartObject("claimRef");
        json.WriteString("apiVersion", "v1");
        json.WriteString("kind", "PersistentVolumeClaim");
        json.WriteString("namespace", claim.Namespace);
        json.WriteString("name", claim.Name);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSelectedNode(Utf8JsonWriter json, string node)
    {
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteStartObject("annotations");
        json.WriteString(VolumeReader.SelectedNode, node);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string Now() => clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
