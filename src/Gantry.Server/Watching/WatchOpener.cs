using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Watching;

/// <summary>Reads the options of a watch and says whether it can begin.</summary>
public sealed class WatchOpener
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(45);

    private readonly ObjectRegistry _registry;
    private readonly ListReader _lists;

    public WatchOpener(ObjectRegistry registry, ListReader lists)
    {
        _registry = registry;
        _lists = lists;
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

        if (options.Revision is > 0 and var wanted && wanted > _registry.Clock.Current
            && await _lists.WaitAsync(wanted, cancellation).ConfigureAwait(false) is { } future)
        {
            return future;
        }

        var initial = call.Options.TryGet("sendInitialEvents", out var sends) && sends.Length > 0;
        var sendsInitial = initial && call.Options.Flag("sendInitialEvents");
        var bookmarks = call.Options.Flag("allowWatchBookmarks");
        return new ApiAnswer.Changes(new WatchRequest
        {
            Resource = resource,
            Selection = selection,
            // Without present objects a watch from "now" begins at the newest revision.
            After = sendsInitial ? null : initial && options.Revision is null or 0 ? _registry.Clock.Current : options.Revision,
            MarksInitial = sendsInitial && bookmarks,
            Bookmarks = bookmarks,
            Timeout = call.Number("timeoutSeconds") is > 0 and var seconds ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400)) : DefaultTimeout,
        });
    }
}
