using System.Globalization;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Reading;

/// <summary>How fresh a list or watch has to be, and how much of it is wanted.</summary>
internal sealed record ListOptions
{
    /// <summary>Null for the newest state; 0 for any.</summary>
    public long? Revision { get; private init; }

    /// <summary>Empty, <c>Exact</c> or <c>NotOlderThan</c>.</summary>
    public string Match { get; private init; } = "";

    /// <summary>0 for all.</summary>
    public int Limit { get; private init; }

    public string Continue { get; private init; } = "";

    /// <summary>Whether exactly the state of the revision is wanted.</summary>
    public bool IsExact => Revision > 0 && (Match == "Exact" || (Match.Length == 0 && Limit > 0));

    public static (ListOptions? Options, ApiStatus? Refusal) Of(RequestOptions query, bool watch)
    {
        var match = query["resourceVersionMatch"];
        var version = query["resourceVersion"];
        if (Problem(query, match, version, watch) is { } error)
        {
            return (null, ApiStatus.Invalid("meta.k8s.io", "ListOptions", "", [error]));
        }

        long? revision = null;
        if (version.Length > 0)
        {
            if (!ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue)
            {
                return (null, ApiStatus.BadRequest(
                    $"resourceVersion: Invalid value: \"{version}\": strconv.ParseUint: parsing \"{version}\": invalid syntax"));
            }

            revision = (long)number;
        }

        var limit = query["limit"];
        var items = 0L;
        if (limit.Length > 0 && !long.TryParse(limit, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out items))
        {
            return (null, ApiStatus.BadRequest($"strconv.ParseInt: parsing \"{limit}\": invalid syntax"));
        }

        return (new ListOptions
        {
            Revision = revision, Match = match, Limit = (int)Math.Clamp(items, 0, int.MaxValue), Continue = query["continue"],
        }, null);
    }

    private static FieldError? Problem(RequestOptions query, string match, string version, bool watch)
    {
        var initial = query.TryGet("sendInitialEvents", out var sends) && sends.Length > 0;
        if (initial && !watch)
        {
            return FieldError.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
        }

        if (initial && match != "NotOlderThan")
        {
            return FieldError.Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        if (match.Length == 0)
        {
            return null;
        }

        if (watch)
        {
            return !initial ? FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
                : null;
        }

        if (query["continue"].Length > 0)
        {
            return FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        }

        if (version.Length == 0)
        {
            return FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }

        if (match is not ("Exact" or "NotOlderThan"))
        {
            return FieldError.NotSupported("resourceVersionMatch", match, ["Exact", "NotOlderThan", ""]);
        }

        return match == "Exact" && version == "0"
            ? FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
            : null;
    }
}
