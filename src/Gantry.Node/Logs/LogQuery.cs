using System.Globalization;
using Gantry.Node.Streaming;
using Microsoft.AspNetCore.Http;

namespace Gantry.Node.Logs;

/// <summary>Reads the options of a request for a log from its query and checks them as the API does.</summary>
public static class LogQuery
{
    private const string Invalid = "FieldValueInvalid";
    private const string Forbidden = "FieldValueForbidden";

    /// <param name="query">The request's query; unknown names are left alone.</param>
    /// <param name="now">What sinceSeconds counts from.</param>
    /// <param name="problems">Values that are well formed but not allowed; empty when all is well.</param>
    /// <exception cref="FormatException">A value that is no number or time; the message is the API's.</exception>
    public static LogOptions Read(IQueryCollection query, DateTimeOffset now, out IReadOnlyList<LogProblem> problems)
    {
        var found = new List<LogProblem>();
        var (tail, limit, seconds) = (Number(query, "tailLines"), Number(query, "limitBytes"), Number(query, "sinceSeconds"));
        var since = Time(query, "sinceTime");
        if (tail < 0)
        {
            found.Add(Wrong("tailLines", tail, "must be greater than or equal to 0"));
        }

        if (limit < 1)
        {
            found.Add(Wrong("limitBytes", limit, "must be greater than 0"));
        }

        if (seconds is not null && since is not null)
        {
            found.Add(new LogProblem(Forbidden, "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified", ""));
        }
        else if (seconds < 1)
        {
            found.Add(Wrong("sinceSeconds", seconds, "must be greater than 0"));
        }

        if (query.ContainsKey("stream"))
        {
            found.Add(new LogProblem(Forbidden, "Forbidden: may not be specified", "stream"));
        }

        problems = found;
        return new LogOptions
        {
            Follow = RemoteCommandOptions.IsSet(query, "follow"),
            Previous = RemoteCommandOptions.IsSet(query, "previous"),
            Timestamps = RemoteCommandOptions.IsSet(query, "timestamps"),
            TailLines = tail,
            LimitBytes = limit,
            Since = since ?? (seconds is > 0 ? now - TimeSpan.FromSeconds(Math.Min(seconds.Value, (now - DateTimeOffset.UnixEpoch).TotalSeconds)) : null),
        };
    }

    private static LogProblem Wrong(string field, long? value, string why) =>
        new(Invalid, string.Create(CultureInfo.InvariantCulture, $"Invalid value: {value}: {why}"), field);

    private static long? Number(IQueryCollection query, string name)
    {
        if (query[name] is not [{ Length: > 0 } text, ..])
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    private static DateTimeOffset? Time(IQueryCollection query, string name)
    {
        if (query[name] is not [{ Length: > 0 } text, ..])
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new FormatException($"parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\"");
    }
}
