using Gantry.Client;
using Microsoft.Extensions.Logging;

namespace Gantry.Control;

/// <summary>A controller with its queue and workers.</summary>
internal sealed class ControllerLoop : IKeySink, IDisposable
{
    private readonly ILogger _log;

    public ControllerLoop(IController controller, BackoffOptions backoff, int seed, TimeProvider clock, ILogger log)
    {
        Controller = controller;
        Queue = new WorkQueue<ObjectKey>(clock, backoff, seed);
        _log = log;
    }

    public IController Controller { get; }

    public WorkQueue<ObjectKey> Queue { get; }

    public void Add(ObjectKey key) => Queue.Add(key);

    public void AddAfter(ObjectKey key, TimeSpan delay) => Queue.AddAfter(key, delay);

    public void Watch() => Controller.Watch(this);

    public async Task RunAsync(CancellationToken ct)
    {
        if (Controller.Loop is not { } loop)
        {
            await WorkAsync(Controller.Workers, ct).ConfigureAwait(false);
            return;
        }

        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] both = [loop(all.Token), WorkAsync(Controller.Workers, all.Token)];
        var first = await Task.WhenAny(both).ConfigureAwait(false);
        await all.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    public void Dispose() => Queue.Dispose();

    private async Task WorkAsync(int count, CancellationToken ct)
    {
        foreach (var cache in Controller.Caches)
        {
            await cache.WaitForSyncAsync(ct).ConfigureAwait(false);
        }

        var workers = Enumerable.Range(0, Math.Max(1, count)).Select(_ => WorkAsync(ct)).ToList();
        // The first worker that ends takes the loop down; it ends only when cancelled or broken.
        await await Task.WhenAny(workers).ConfigureAwait(false);
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        while (true)
        {
            var key = await Queue.TakeAsync(ct).ConfigureAwait(false);
            try
            {
                await OnceAsync(key, ct).ConfigureAwait(false);
            }
            finally
            {
                Queue.Done(key);
            }
        }
    }

    private async Task OnceAsync(ObjectKey key, CancellationToken ct)
    {
        try
        {
            var again = await Controller.ReconcileAsync(key, ct).ConfigureAwait(false);
            if (again is Again.Failure failure)
            {
                ControlLog.Retrying(_log, Controller.Name, key.ToString(), Queue.Retry(key), failure.Why);
                return;
            }

            Queue.Forget(key);
            if (again is Again.Later later)
            {
                Queue.AddAfter(key, later.Delay);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // one object that cannot be handled must not stop the others of its kind
        catch (Exception broken)
#pragma warning restore CA1031
        {
            ControlLog.Threw(_log, Controller.Name, key.ToString(), Queue.Retry(key), broken);
        }
    }
}
