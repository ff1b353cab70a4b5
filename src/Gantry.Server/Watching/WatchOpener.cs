using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Watching;

/// <summary>Reads the options of a watch and says whether it can begin.</summary>
public sealed class WatchOpener
{
    // Watches whose client does not say how long end after one to two of these, so that those that began together do not come back together.
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMinutes(30);

    private readonly ObjectRegistry _registry;
    private readonly ListReader _lists;
    private readonly Random _dice;
    private readonly Lock _lock = new();

    public WatchOpener(ObjectRegistry registry, ListReader lists, Random dice)
    {
        _registry = registry;
        _lists = lists;
        _dice = dice;
    }

    public async ValueTask<ApiAnswer> OpenAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        var (options, refusal) = ListOptions.Of(call.Options, watch: true);
        if (options is null)
        {
            return refusal!;
        }

        var (selection, problem) = Selection.Of(
            resource, resource.Type.Namespaced ? call.Info.Namespace : "", call.Info.Name, call.Options["labelSelector"], call.Options["fieldSelector"]);
        if (selection is null)
        {
            return problem!;
        }

        // A watch from the future says nothing until then; only one that begins with what is there has to know that it is.
        var sends = options.SendInitialEvents == true;
        if (sends && options.Revision is > 0 and var wanted && wanted > _registry.Clock.Current
            && await _lists.WaitAsync(wanted, cancellation).ConfigureAwait(false) is { } future)
        {
            return future;
        }

        return new ApiAnswer.Changes(new WatchRequest
        {
            Resource = resource,
            Selection = selection,
            // Without present objects a watch from "now" begins at the newest revision.
            After = sends ? null : options is { SendInitialEvents: false, Revision: null or 0 } ? _registry.Clock.Current : options.Revision,
            MarksInitial = sends && options.Bookmarks,
            Bookmarks = options.Bookmarks,
            Timeout = options.TimeoutSeconds is { } seconds and not 0 ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue)) : Unsaid(),
        });
    }

    private TimeSpan Unsaid()
    {
        lock (_lock)
        {
            return LeastTimeout * (1 + _dice.NextDouble());
        }
    }
}
