using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources.Conversion;

/// <summary>The question to a conversion webhook and its answer (ConversionReview, apiextensions.k8s.io).</summary>
internal static class ConversionReview
{
    private const string Group = "apiextensions.k8s.io";

    /// <summary>The question as JSON.</summary>
    /// <param name="version">The version of the question's own form: <c>v1</c> or <c>v1beta1</c>.</param>
    /// <param name="uid">Comes back in the answer.</param>
    /// <param name="objects">What is to be converted.</param>
    /// <param name="apiVersion">Into what.</param>
    public static byte[] Question(string version, string uid, IReadOnlyList<TreeMap> objects, string apiVersion)
    {
        var request = new TreeMap { ["uid"] = uid, ["desiredAPIVersion"] = apiVersion, ["objects"] = new TreeList(objects) };
        return TreeJson.Write(new TreeMap { ["kind"] = "ConversionReview", ["apiVersion"] = $"{Group}/{version}", ["request"] = request });
    }

    /// <summary>Reads the answer.</summary>
    /// <returns>The objects as they came, or what is wrong with the answer.</returns>
    public static (TreeList? Objects, string? Problem) Answer(ReadOnlySpan<byte> body, string version, string uid)
    {
        if (body.IsEmpty)
        {
            return (null, "0-length response with status code: 200 and content type: application/json");
        }

        if (Parse(body, out var problem) is not { } review)
        {
            return (null, problem);
        }

        var (apiVersion, kind) = (review.Text("apiVersion") ?? "", review.Text("kind") ?? "");
        if (version == "v1" && (apiVersion != $"{Group}/v1" || kind != "ConversionReview"))
        {
            return (null, $"expected webhook response of {Group}/v1, Kind=ConversionReview, got {apiVersion}, Kind={kind}");
        }

        if (review.Map("response") is not { } response)
        {
            return (null, "no response provided");
        }

        if (version == "v1" && (response.Text("uid") ?? "") is var given && given != uid)
        {
            return (null, $"expected response.uid=\"{uid}\", got \"{given}\"");
        }

        var result = response.Map("result");
        if (result?.Text("status") != "Success")
        {
            return (null, result?.Text("message") is { Length: > 0 } why ? why : $"response.result.status was '{result?.Text("status")}', not 'Success'");
        }

        return (response.List("convertedObjects") ?? new TreeList(), null);
    }

    private static TreeMap? Parse(ReadOnlySpan<byte> body, out string? problem)
    {
        try
        {
            problem = "the answer is no object";
            return TreeJson.Parse(body) as TreeMap;
        }
        catch (TreeException e)
        {
            problem = e.Message;
            return null;
        }
    }
}
