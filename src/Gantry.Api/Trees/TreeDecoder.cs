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
    public static DecodeResult Decode(TypeSchema schema, ReadOnlySpan<byte> json, FieldValidation validation) => Decode(schema, json, validation, fromMap: false);

    /// <summary>Checks and normalises a tree (a patched object, a YAML document) as if it had come as JSON.</summary>
    /// <param name="schema">The type to read it as.</param>
    /// <param name="tree">The tree; it is not changed.</param>
    /// <param name="validation">Whether unknown and duplicate fields are ignored, reported, or an error.</param>
    /// <param name="fromMap">Whether errors have the words in which the Go server speaks about maps, not about JSON.</param>
    public static DecodeResult Decode(TypeSchema schema, Tree tree, FieldValidation validation, bool fromMap = false)
    {
        using var output = new JsonOutput();
        TreeJson.Write(output, tree);
        return Decode(schema, output.Written, validation, fromMap);
    }

    private static DecodeResult Decode(TypeSchema schema, ReadOnlySpan<byte> json, FieldValidation validation, bool fromMap)
    {
        var reader = new Utf8JsonReader(json, TreeJson.ReaderOptions);
        var run = new DecodeRun(validation != FieldValidation.Ignore, fromMap);
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
