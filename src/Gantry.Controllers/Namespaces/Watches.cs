using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;

namespace Gantry.Controllers.Namespaces;

/// <summary>Deletes the content of namespaces that are being deleted, of every kind there is, and then lets them go.</summary>
public sealed class NamespaceController : IController
{
    private readonly ControllerContext _context;
    private readonly Cache<V1Namespace> _namespaces;

    public NamespaceController(ControllerContext context)
    {
        _context = context;
        _namespaces = context.Caches.Of<V1Namespace>();
    }

    public string Name => "namespace";

    public int Workers => 4;

    public IEnumerable<ICache> Caches => [_namespaces];

    public void Watch(IKeySink keys) => _namespaces.Subscribe(change =>
    {
        if (change.New is { Metadata.DeletionTimestamp: not null })
        {
            keys.Add(ObjectKey.Of(change.New));
        }
    });

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_namespaces.Snapshot.Get(key) is not { Metadata.DeletionTimestamp: { } since } ns || !ns.Spec.Finalizers.Contains(NamespacePlanner.Finalizer))
        {
            return Again.No;
        }

        var plan = NamespacePlanner.Plan(await LookAsync(ns, [], ct).ConfigureAwait(false));
        if (plan.Delete.Count > 0)
        {
            // 1. Delete what can be deleted, then look again: most things are gone at once.
            var failures = await DeleteAsync(plan.Delete, ct).ConfigureAwait(false);
            plan = NamespacePlanner.Plan(await LookAsync(ns, failures, ct).ConfigureAwait(false));
        }

        // 2. Say what is left.
        if (plan.Status != ns.Status)
        {
            var updated = await _context.Api.UpdateAsync(ns with { Status = plan.Status }, "status", ct).ConfigureAwait(false);
            if (updated.Error is { } error)
            {
                return error.IsNotFound ? Again.No : Again.Failed(error.Message);
            }

            ns = updated.Value ?? ns;
        }

        if (!plan.Finish)
        {
            // 3. No watch tells about all kinds; so the pauses grow with the time that the deletion takes already.
            if (plan.Delete.Count > 0)
            {
                return Again.After(TimeSpan.FromMilliseconds(50));
            }

            var pause = (_context.Clock.GetUtcNow() - since) / 4;
            return Again.After(TimeSpan.FromMilliseconds(Math.Clamp(pause.TotalMilliseconds, 200, 15_000)));
        }

        // 4. Let it go.
        var free = ns with { Spec = ns.Spec with { Finalizers = [.. ns.Spec.Finalizers.Where(f => f != NamespacePlanner.Finalizer)] } };
        var finalized = await _context.Api.UpdateAsync(free, "finalize", ct).ConfigureAwait(false);
        return finalized.Error is null or { IsNotFound: true } ? Again.No : Again.Failed(finalized.Error.Message);
    }

    private async ValueTask<NamespaceView> LookAsync(V1Namespace ns, List<string> failures, CancellationToken ct)
    {
        var content = new List<Remainder>();
        foreach (var resource in await _context.Metadata.ResourcesAsync(ct).ConfigureAwait(false))
        {
            if (!resource.Namespaced || !resource.Allows("list") || !resource.Allows("delete"))
            {
                continue;
            }

            try
            {
                var found = await _context.Metadata.ListAsync(resource, new ListQuery { Namespace = ns.Metadata.Name }, ct).ConfigureAwait(false);
                if (found.Items.Count > 0)
                {
                    content.Add(new Remainder(resource, found.Items));
                }
            }
            catch (ApiException refused) when (refused.Error.Code is 404 or 405)
            {
                // The kind went away meanwhile, or cannot be listed after all.
            }
            catch (ApiException refused)
            {
                failures.Add(refused.Message);
            }
        }

        return new NamespaceView { Namespace = ns, Content = content, Failures = failures, Now = _context.Clock.GetUtcNow() };
    }

    private async ValueTask<List<string>> DeleteAsync(IReadOnlyList<Remainder> content, CancellationToken ct)
    {
        var failures = new List<string>();
        foreach (var (resource, objects) in content)
        {
            foreach (var some in objects.Chunk(64))
            {
                var results = await Task.WhenAll(some.Select(o => _context.Metadata.DeleteAsync(
                    resource, o.Metadata.Namespace, o.Metadata.Name, new V1DeleteOptions { PropagationPolicy = "Background" }, ct).AsTask())).ConfigureAwait(false);
                failures.AddRange(results.Where(r => r.Error is { IsNotFound: false, IsConflict: false }).Select(r => r.Error!.Message).Distinct());
            }
        }

        return failures;
    }
}
