using System.Globalization;
using Gantry.Api;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Subresources;

/// <summary>The options of <c>pods/log</c>.</summary>
internal static class LogOptions
{
    /// <summary>What is wrong with them, or null.</summary>
    public static ApiStatus? Check(ApiCall call)
    {
        var errors = new List<FieldError>();
        var since = call.Options["sinceTime"];
        if (since.Length > 0 && !ApiTimes.TryParse(since, ApiTimes.TimeLayout, out _, out var unreadable))
        {
            return ApiStatus.BadRequest(unreadable!);
        }

        if (AtLeast(call, "tailLines", 0, "must be greater than or equal to 0", errors) is { } badTail)
        {
            return badTail;
        }

        if (AtLeast(call, "limitBytes", 1, "must be greater than 0", errors) is { } badLimit)
        {
            return badLimit;
        }

        var seconds = call.Options["sinceSeconds"].Length > 0;
        if (seconds && since.Length > 0)
        {
            errors.Add(FieldError.Forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        }
        else if (AtLeast(call, "sinceSeconds", 1, "must be greater than 0", errors) is { } badSince)
        {
            return badSince;
        }

        // One stream alone is a feature that this release has off.
        if (call.Options.TryGet("stream", out _))
        {
            errors.Add(FieldError.Forbidden("stream", "may not be specified"));
        }

        return errors.Count == 0 ? null : ApiStatus.Invalid("", "PodLogOptions", call.Info.Name, errors);
    }

    private static ApiStatus? AtLeast(ApiCall call, string option, long minimum, string rule, List<FieldError> errors)
    {
        var text = call.Options[option];
        if (text.Length == 0)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return ApiStatus.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
        }

        if (number < minimum)
        {
            errors.Add(FieldError.Invalid(option, number, rule));
        }

        return null;
    }
}
