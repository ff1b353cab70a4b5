using System.Text;
using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Validation;

/// <summary>JSON that annotations hold: what was said there before there were fields for it.</summary>
internal static class AnnotatedValues
{
    /// <summary>The items of an annotated list; null where the text is none, which is told.</summary>
    /// <param name="errors">Takes what is wrong with the text.</param>
    /// <param name="key">The annotation, which errors name as the refused value.</param>
    /// <param name="text">Its value.</param>
    /// <param name="type">The Go type of the items, for the error.</param>
    /// <param name="at">Where errors are.</param>
    public static IReadOnlyList<T>? List<T>(FieldErrors errors, string key, string text, string type, FieldPath at)
        where T : class, IApiModel<T>
    {
        if (Read(errors, key, text, at) is not { } value || value is TreeNull)
        {
            return null;
        }

        if (value is not TreeList list)
        {
            errors.Invalid(at, key, $"json: cannot unmarshal {value.KindName} into Go value of type []{type}");
            return null;
        }

        try
        {
            return [.. list.Select(item => ApiJson.Decode<T>(TreeJson.Write(item)))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            errors.Invalid(at, key, e.Message);
            return null;
        }
    }

    /// <summary>The annotated value; null where the text is no JSON, which is told.</summary>
    public static Tree? Read(FieldErrors errors, string key, string text, FieldPath at)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (JsonSyntax.Explain(bytes) is { } error)
        {
            errors.Invalid(at, key, error);
            return null;
        }

        try
        {
            return TreeJson.Parse(bytes);
        }
        catch (JsonException e)
        {
            errors.Invalid(at, key, e.Message);
            return null;
        }
    }
}
