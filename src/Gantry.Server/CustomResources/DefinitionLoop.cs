using System.Threading.Channels;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.InProcess;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.CustomResources;

/// <summary>Says in the status of definitions that they are served, and empties those that are to go.</summary>
internal sealed class DefinitionLoop
{
    public const string Cleanup = "customresourcecleanup.apiextensions.k8s.io";

    private readonly InProcessApiClient _client;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public DefinitionLoop(InProcessApiClient client, TimeProvider clock, ILogger log)
    {
        _client = client;
        _clock = clock;
        _log = log;
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var cache = new Cache<V1CustomResourceDefinition>(_client, _clock);
        var work = Channel.CreateUnbounded<string>();
        using var subscription = cache.Subscribe(change => work.Writer.TryWrite(change.Object.Metadata.Name));
        var filling = cache.RunAsync(cancellation);
        await foreach (var name in work.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (cache.Snapshot.Get("", name) is not { } definition)
            {
                continue;
            }

            var error = definition.Metadata.DeletionTimestamp is null
                ? await AcceptAsync(definition, cancellation).ConfigureAwait(false)
                : await EmptyAsync(definition, () => _ = LaterAsync(work.Writer, name, cancellation), cancellation).ConfigureAwait(false);
            if (error is { IsConflict: false, IsNotFound: false })
            {
                DefinitionLog.Failed(_log, name, error.Message);
            }
        }

        await filling.ConfigureAwait(false);
    }

    private async Task LaterAsync(ChannelWriter<string> work, string name, CancellationToken cancellation)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), _clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        work.TryWrite(name);
    }

    private async ValueTask<ApiError?> AcceptAsync(V1CustomResourceDefinition definition, CancellationToken cancellation)
    {
        var names = definition.Spec.Names;
        if (definition.Status.AcceptedNames.Equals(names) && definition.Status.Conditions.Any(c => c is { Type: "Established", Status: "True" }))
        {
            return null;
        }

        var now = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds());
        V1CustomResourceDefinitionCondition Condition(string type, string reason, string message) =>
            definition.Status.Conditions.FirstOrDefault(c => c.Type == type && c.Status == "True")
            ?? new() { Type = type, Status = "True", Reason = reason, Message = message, LastTransitionTime = now };
        var status = definition.Status with
        {
            AcceptedNames = names,
            Conditions =
            [
                Condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
            ],
        };
        return (await _client.UpdateAsync(definition with { Status = status }, "status", cancellation).ConfigureAwait(false)).Error;
    }

    private async ValueTask<ApiError?> EmptyAsync(V1CustomResourceDefinition definition, Action again, CancellationToken cancellation)
    {
        if (!definition.Metadata.Finalizers.Contains(Cleanup, StringComparer.Ordinal))
        {
            return null;
        }

        var spec = definition.Spec;
        if (spec.Versions.Where(v => v.Served).OrderByDescending(v => v.Storage).FirstOrDefault() is { } version)
        {
            var info = new RequestInfo
            {
                IsResource = true, Path = "", Verb = "deletecollection", Group = spec.Group, Version = version.Name, Resource = spec.Names.Plural,
            };
            // Across namespaces there is no such request from outside; the server may.
            if (await _client.SendAsync(info, default, "", cancellation).ConfigureAwait(false) is ApiAnswer.Says { Status: { IsSuccess: false, Code: not 404 } refused })
            {
                return InProcessApiClient.Error(refused);
            }

            var left = await _client.SendAsync(info with { Verb = "list", Options = InProcessApiClient.Options(("limit", "1")) }, default, "", cancellation).ConfigureAwait(false);
            if (left is ApiAnswer.Items { Page.Items.Count: > 0 })
            {
                // Objects with finalizers stay for a while, and other definitions must not wait for them.
                again();
                return null;
            }
        }

        var patch = PatchBody.Write(PatchType.Merge, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("resourceVersion", definition.Metadata.ResourceVersion);
            json.WriteStartArray("finalizers");
            foreach (var kept in definition.Metadata.Finalizers.Where(f => f != Cleanup))
            {
                json.WriteStringValue(kept);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return (await _client.PatchAsync<V1CustomResourceDefinition>("", definition.Metadata.Name, patch, "", cancellation).ConfigureAwait(false)).Error;
    }
}
