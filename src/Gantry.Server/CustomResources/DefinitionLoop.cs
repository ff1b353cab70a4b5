using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.InProcess;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.CustomResources;

/// <summary>Says in the status of definitions what names they have and that they are served, and empties those that are to go.</summary>
internal sealed class DefinitionLoop
{
    public const string Cleanup = "customresourcecleanup.apiextensions.k8s.io";

    // Objects with finalizers stay for a while after they have been deleted.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly ObjectRegistry _registry;
    private readonly InProcessApiClient _client;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly HashSet<string> _emptying = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);

    public DefinitionLoop(ObjectRegistry registry, InProcessApiClient client, TimeProvider clock, ILogger log)
    {
        _registry = registry;
        _client = client;
        _clock = clock;
        _log = log;
    }

    /// <summary>Runs until cancelled. One definition after the other, so that no two get the same name.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var cache = _registry.Require(V1CustomResourceDefinition.Resource);
        var (objects, _, at) = cache.Snapshot;
        foreach (var definition in objects)
        {
            await LookAsync(definition.Name, cancellation).ConfigureAwait(false);
        }

        while (true)
        {
            var pulse = cache.Pulse;
            while (at.Next is { } change)
            {
                at = change;
                await ChangedAsync(change, cancellation).ConfigureAwait(false);
            }

            foreach (var name in _emptying.ToList())
            {
                await LookAsync(name, cancellation).ConfigureAwait(false);
            }

            if (_emptying.Count == 0)
            {
                await pulse.WaitAsync(cancellation).ConfigureAwait(false);
                continue;
            }

            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(pulse, Task.Delay(Patience, _clock, waiting.Token)).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private V1CustomResourceDefinition? Find(string name) =>
        _registry.Require(V1CustomResourceDefinition.Resource).Snapshot.Find("", name) is { } found ? DefinitionFacts.Read(found) : null;

    private async ValueTask ChangedAsync(ObjectChange change, CancellationToken cancellation)
    {
        await LookAsync(change.Object.Name, cancellation).ConfigureAwait(false);
        if (_waiting.Count == 0)
        {
            return;
        }

        // A name may have become free.
        var group = change.Object.Name[(change.Object.Name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        foreach (var other in _waiting.Where(w => w != change.Object.Name && w.EndsWith("." + group, StringComparison.Ordinal)).ToList())
        {
            await LookAsync(other, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask LookAsync(string name, CancellationToken cancellation)
    {
        if (Find(name) is not { } definition)
        {
            _emptying.Remove(name);
            _waiting.Remove(name);
            return;
        }

        var error = definition.Metadata.DeletionTimestamp is null
            ? await AcceptAsync(definition, cancellation).ConfigureAwait(false)
            : await EmptyAsync(definition, cancellation).ConfigureAwait(false);
        if (error is { IsConflict: false, IsNotFound: false })
        {
            DefinitionLog.Failed(_log, name, error.Message);
        }
    }

    private async ValueTask<ApiError?> AcceptAsync(V1CustomResourceDefinition definition, CancellationToken cancellation)
    {
        var claims = new NameClaims();
        foreach (var other in Group(definition))
        {
            claims.Add(other.Status.AcceptedNames);
        }

        var status = DefinitionStatus.Of(definition, claims, _clock.GetUtcNow());
        _ = DefinitionStatus.Is(status, "NamesAccepted") ? _waiting.Remove(definition.Metadata.Name) : _waiting.Add(definition.Metadata.Name);
        return await WriteAsync(definition, status, cancellation).ConfigureAwait(false);
    }

    // The names of definitions end in their group, so that others need not be looked into.
    private IEnumerable<DefinitionFacts> Group(V1CustomResourceDefinition definition)
    {
        var end = "." + definition.Spec.Group;
        foreach (var other in _registry.Require(V1CustomResourceDefinition.Resource).Snapshot.Objects)
        {
            if (other.Name.EndsWith(end, StringComparison.Ordinal) && other.Name.IndexOf('.', StringComparison.Ordinal) == other.Name.Length - end.Length)
            {
                yield return DefinitionFacts.Of(other);
            }
        }
    }

    private async ValueTask<ApiError?> WriteAsync(V1CustomResourceDefinition definition, V1CustomResourceDefinitionStatus status, CancellationToken cancellation) =>
        status.Equals(definition.Status) ? null : (await _client.UpdateAsync(definition with { Status = status }, "status", cancellation).ConfigureAwait(false)).Error;

    private async ValueTask<ApiError?> EmptyAsync(V1CustomResourceDefinition definition, CancellationToken cancellation)
    {
        var name = definition.Metadata.Name;
        if (!definition.Metadata.Finalizers.Contains(Cleanup, StringComparer.Ordinal))
        {
            _emptying.Remove(name);
            return null;
        }

        var now = _clock.GetUtcNow();
        if (_emptying.Add(name))
        {
            var begun = DefinitionStatus.Terminating(definition.Status, true, "InstanceDeletionInProgress", "CustomResource deletion is in progress", now);
            if (await WriteAsync(definition, begun, cancellation).ConfigureAwait(false) is { } failed)
            {
                _emptying.Remove(name);
                return failed;
            }

            definition = Find(name) ?? definition;
        }

        var (left, refusal) = await DeleteAllAsync(definition, cancellation).ConfigureAwait(false);
        if (refusal is not null)
        {
            var stuck = DefinitionStatus.Terminating(definition.Status, true, "InstanceDeletionFailed", "could not issue all deletes: " + refusal.Message, now);
            return await WriteAsync(definition, stuck, cancellation).ConfigureAwait(false) ?? refusal;
        }

        if (left)
        {
            // Other definitions must not wait for it.
            return null;
        }

        var established = DefinitionStatus.Is(definition.Status, "Established");
        var done = DefinitionStatus.Terminating(
            definition.Status, false, established ? "InstanceDeletionCompleted" : "NeverEstablished", established ? "removed all instances" : "resource was never established", now);
        if (await WriteAsync(definition, done, cancellation).ConfigureAwait(false) is { } unwritten)
        {
            return unwritten;
        }

        return await ReleaseAsync(name, cancellation).ConfigureAwait(false);
    }

    // Whether any objects are left.
    private async ValueTask<(bool Left, ApiError? Refusal)> DeleteAllAsync(V1CustomResourceDefinition definition, CancellationToken cancellation)
    {
        // The version that objects are kept in needs nobody to convert them.
        var spec = definition.Spec;
        if (spec.Versions.Where(v => v.Served).OrderByDescending(v => v.Storage).FirstOrDefault() is not { } version)
        {
            return (false, null);
        }

        var info = new RequestInfo
        {
            IsResource = true, Path = "", Verb = "deletecollection", Group = spec.Group, Version = version.Name, Resource = spec.Names.Plural,
        };

        // Across namespaces there is no such request from outside; the server may.
        if (await _client.SendAsync(info, default, "", cancellation).ConfigureAwait(false) is ApiAnswer.Says { Status: { IsSuccess: false, Code: not 404 } refused })
        {
            return (true, InProcessApiClient.Error(refused));
        }

        var left = await _client.SendAsync(info with { Verb = "list", Options = InProcessApiClient.Options(("limit", "1")) }, default, "", cancellation).ConfigureAwait(false);
        return (left is ApiAnswer.Items { Page.Items.Count: > 0 }, null);
    }

    private async ValueTask<ApiError?> ReleaseAsync(string name, CancellationToken cancellation)
    {
        if (Find(name) is not { } definition)
        {
            return null;
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
        return (await _client.PatchAsync<V1CustomResourceDefinition>("", name, patch, "", cancellation).ConfigureAwait(false)).Error;
    }
}
