using System.Globalization;
using Gantry.Server.Authorization;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Reading;

/// <summary>How fresh a list or watch has to be, and how much of it is wanted (<c>ListOptions</c> of meta/v1 and its validation).</summary>
internal sealed record ListOptions
{
    private const string Exact = "Exact";
    private const string NotOlderThan = "NotOlderThan";

    /// <summary>Null for the newest state; 0 for any.</summary>
    public long? Revision { get; private init; }

    /// <summary>Empty, <c>Exact</c> or <c>NotOlderThan</c>.</summary>
    public string Match { get; private init; } = "";

    /// <summary>0 for all.</summary>
    public int Limit { get; private init; }

    public string Continue { get; private init; } = "";

    /// <summary>How long a watch is to go on; null where the client does not say.</summary>
    public long? TimeoutSeconds { get; private init; }

    public bool Bookmarks { get; private init; }

    /// <summary>
    /// Whether a watch begins with the objects that are there; null where it goes by the revision alone. Watches from no revision or 0 have always
    /// begun so, and where they take bookmarks they get the one that marks the end of the beginning.
    /// </summary>
    public bool? SendInitialEvents { get; private init; }

    /// <summary>Whether exactly the state of the revision is wanted.</summary>
    public bool IsExact => Revision > 0 && (Match == Exact || (Match.Length == 0 && Limit > 0));

    public static (ListOptions? Options, ApiStatus? Refusal) Of(RequestOptions query, bool watch)
    {
        if ((query.Number("timeoutSeconds", out var timeout) ?? query.Number("limit", out var limit)) is { } wrong)
        {
            return (null, ApiStatus.BadRequest(wrong));
        }

        query.Number("limit", out limit);
        var match = query["resourceVersionMatch"];
        var version = query["resourceVersion"];
        bool? initial = query.TryGet("sendInitialEvents", out _) ? query.Flag("sendInitialEvents") : null;
        if (watch && initial is null && match.Length == 0 && version is "" or "0")
        {
            initial = true;
        }
        else
        {
            var errors = new List<FieldError>();
            Check(errors, query, match, version, initial is not null, watch);
            if (errors.Count > 0)
            {
                return (null, ApiStatus.Invalid("meta.k8s.io", "ListOptions", "", errors));
            }
        }

        long? revision = null;
        if (version.Length > 0)
        {
            if (ParseRevision(version, out var number) is { } unreadable)
            {
                return (null, ApiStatus.BadRequest((match == Exact || limit > 0) && !watch ? "invalid resource version: " + unreadable : unreadable));
            }

            revision = number;
        }

        return (new ListOptions
        {
            Revision = revision,
            Match = match,
            Limit = (int)Math.Clamp(limit ?? 0, 0, int.MaxValue),
            Continue = query["continue"],
            TimeoutSeconds = timeout,
            Bookmarks = query.Flag("allowWatchBookmarks"),
            SendInitialEvents = initial,
        }, null);
    }

    /// <summary>Whether a watch is a list that comes piece by piece: it begins with what is there and marks the end of that.</summary>
    public static bool IsStreamingList(RequestOptions query) => query.Flag("allowWatchBookmarks") && (query.TryGet("sendInitialEvents", out _)
        ? query.Flag("sendInitialEvents") : query["resourceVersionMatch"].Length == 0 && query["resourceVersion"] is "" or "0");

    /// <summary>Reads a resourceVersion.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? ParseRevision(string text, out long revision)
    {
        revision = 0;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            // Beyond what any store reaches: all such revisions are equally far in the future.
            revision = (long)Math.Min(number, long.MaxValue);
            return null;
        }

        return FieldError.Invalid("resourceVersion", text, GoText.NotUnsigned(text)!).ToString();
    }

    private static void Check(List<FieldError> errors, RequestOptions query, string match, string version, bool initial, bool watch)
    {
        const string field = "resourceVersionMatch";
        if (watch && initial && match != NotOlderThan)
        {
            errors.Add(FieldError.Forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        }

        if (match.Length > 0)
        {
            if (watch ? !initial : version.Length == 0)
            {
                errors.Add(FieldError.Forbidden(
                    field, watch ? "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided" : "resourceVersionMatch is forbidden unless resourceVersion is provided"));
            }

            var continues = query["continue"].Length > 0;
            if (continues && !watch)
            {
                errors.Add(FieldError.Forbidden(field, "resourceVersionMatch is forbidden when continue is provided"));
            }

            if (watch ? match != NotOlderThan : match is not (Exact or NotOlderThan))
            {
                errors.Add(FieldError.NotSupported(field, match, watch ? [NotOlderThan] : [Exact, NotOlderThan, ""]));
            }

            if (continues && watch)
            {
                errors.Add(FieldError.Forbidden(field, "resourceVersionMatch is forbidden when continue is provided"));
            }

            if (!watch && match == Exact && version == "0")
            {
                errors.Add(FieldError.Forbidden(field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }

        if (initial && !watch)
        {
            errors.Add(FieldError.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
    }
}
