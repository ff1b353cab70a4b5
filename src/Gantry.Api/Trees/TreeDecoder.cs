using System.Text.Json;
using Gantry.Api.Schemas;

namespace Gantry.Api.Trees;

/// <summary>
/// Reads objects of described types in one pass over the bytes. Known fields come out in the order of their schema with their values in the API's own form
/// (times in UTC, durations normalised); null means absent; unknown fields are dropped; of fields that stand twice the last one counts. Names are compared
/// with their case. Errors have the words of the Go server's JSON decoder.
/// </summary>
public static class TreeDecoder
{
    private static readonly string[] NoProblems = [];

    /// <summary>Reads one JSON object.</summary>
    /// <param name="schema">The type to read it as.</param>
    /// <param name="json">UTF-8, without a byte order mark.</param>
    /// <param name="validation">Whether unknown and duplicate fields are ignored, reported, or an error.</param>
    public static DecodeResult Decode(TypeSchema schema, ReadOnlySpan<byte> json, FieldValidation validation)
    {
        var reader = new Utf8JsonReader(json, TreeJson.ReaderOptions);
        var run = new DecodeRun(validation != FieldValidation.Ignore);
        TreeMap? map;
        try
        {
            reader.Read();
            map = run.Object(ref reader, schema);
            reader.Read();
        }
        catch (JsonException)
        {
            return new DecodeResult(null, JsonSyntax.Explain(json) ?? "invalid JSON", NoProblems);
        }
        return Result(map, run, validation);
    }

    /// <summary>Checks and normalises a tree (a patched object, a YAML document) as if it had come as JSON.</summary>
    /// <inheritdoc cref="Decode(TypeSchema, ReadOnlySpan{byte}, FieldValidation)"/>
    public static DecodeResult Decode(TypeSchema schema, Tree tree, FieldValidation validation)
    {
        using var output = new JsonOutput();
        TreeJson.Write(output, tree);
        return Decode(schema, output.Written, validation);
    }

    private static DecodeResult Result(TreeMap? map, DecodeRun run, FieldValidation validation)
    {
        if (run.Error is not null)
        {
            return new DecodeResult(null, run.Error, NoProblems);
        }
        IReadOnlyList<string> problems = run.Problems is null ? NoProblems : run.Problems;
        return validation == FieldValidation.Strict && problems.Count > 0
            ? new DecodeResult(null, "strict decoding error: " + string.Join(", ", problems), problems)
            : new DecodeResult(map ?? new TreeMap(), null, problems);
    }
}
