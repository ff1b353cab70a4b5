using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Streaming;
using Microsoft.AspNetCore.Http;

namespace Gantry.Node.Agent;

/// <summary>
/// The paths that a node itself answers, reached through <c>nodes/proxy</c>: the names and forms that monitoring tools know from other nodes. Who may ask
/// was decided before.
/// </summary>
public sealed class AgentApi
{
    private readonly NodeStreams _streams;
    private readonly Func<IReadOnlyList<V1Pod>> _pods;
    private readonly NodeUsage _usage;

    /// <param name="streams">Logs and commands.</param>
    /// <param name="pods">The node's pods as they are now, with status.</param>
    /// <param name="usage">What the node and its containers use.</param>
    public AgentApi(NodeStreams streams, Func<IReadOnlyList<V1Pod>> pods, NodeUsage usage)
    {
        _streams = streams;
        _pods = pods;
        _usage = usage;
    }

    /// <summary>Answers a request, also one for a path that does not exist.</summary>
    /// <param name="context">The request; its query belongs to the path.</param>
    /// <param name="path">With its leading slash.</param>
    /// <param name="ct">Ends it.</param>
    public Task AnswerAsync(HttpContext context, string path, CancellationToken ct) => path.Trim('/').Split('/') switch
    {
        ["healthz"] or ["healthz", "ping" or "syncloop"] => PlainAnswer.WriteAsync(context, StatusCodes.Status200OK, "ok", ct),
        ["pods"] or ["runningpods"] => PodsAsync(context, ct),
        ["stats", "summary"] => SummaryAsync(context, ct),
        ["metrics", "resource"] => MetricsAsync(context, ct),
        ["containerLogs", var space, var pod, var container] => WithPodAsync(context, space, pod, container, _streams.LogAsync, ct),
        ["exec", var space, var pod, var container] => WithPodAsync(context, space, pod, container, _streams.ExecAsync, ct),
        ["exec", var space, var pod, _, var container] => WithPodAsync(context, space, pod, container, _streams.ExecAsync, ct),
        ["attach", var space, var pod, var container] => WithPodAsync(context, space, pod, container, _streams.AttachAsync, ct),
        ["attach", var space, var pod, _, var container] => WithPodAsync(context, space, pod, container, _streams.AttachAsync, ct),
        ["portForward", var space, var pod] => WithPodAsync(context, space, pod, null, ForwardAsync, ct),
        ["portForward", var space, var pod, _] => WithPodAsync(context, space, pod, null, ForwardAsync, ct),
        _ => PlainAnswer.WriteAsync(context, StatusCodes.Status404NotFound, "404 page not found\n", ct),
    };

    private Task ForwardAsync(HttpContext context, V1Pod pod, string container, CancellationToken ct) => _streams.PortForwardAsync(context, pod, ct);

    private async Task PodsAsync(HttpContext context, CancellationToken ct)
    {
        context.Response.ContentType = "application/json";
        var body = context.Response.Body;
        await body.WriteAsync("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":["u8.ToArray(), ct);
        var first = true;
        foreach (var pod in _pods())
        {
            if (!first)
            {
                await body.WriteAsync(","u8.ToArray(), ct);
            }

            first = false;
            await body.WriteAsync(ApiJson.Encode(pod), ct);
        }

        await body.WriteAsync("]}\n"u8.ToArray(), ct);
    }

    private async Task SummaryAsync(HttpContext context, CancellationToken ct)
    {
        var body = SummaryJson.Write(await _usage.ReadAsync(ct));
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(body, ct);
    }

    private async Task MetricsAsync(HttpContext context, CancellationToken ct)
    {
        var text = ResourceMetrics.Write(await _usage.ReadAsync(ct));
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(text, ct);
    }

    private Task WithPodAsync(
        HttpContext context, string space, string name, string? container, Func<HttpContext, V1Pod, string, CancellationToken, Task> answer, CancellationToken ct)
    {
        var pod = _pods().FirstOrDefault(p => p.Metadata.Name == name && p.Metadata.Namespace == space);
        return pod is null ? PlainAnswer.WriteAsync(context, StatusCodes.Status404NotFound, $"pod \"{name}\" does not exist", ct)
            : container is not null && !Has(pod, container)
                ? PlainAnswer.WriteAsync(context, StatusCodes.Status404NotFound, $"container \"{container}\" not found in pod \"{name}\"", ct)
                : answer(context, pod, container ?? "", ct);
    }

    private static bool Has(V1Pod pod, string container) =>
        pod.Spec.Containers.Any(c => c.Name == container) || pod.Spec.InitContainers.Any(c => c.Name == container) || pod.Spec.EphemeralContainers.Any(c => c.Name == container);
}
