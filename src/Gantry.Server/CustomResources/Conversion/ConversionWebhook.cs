using System.Globalization;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Admission.Webhooks;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.CustomResources.Conversion;

/// <summary>Converts objects between the versions of a definition by asking the webhook that it names.</summary>
internal sealed class ConversionWebhook
{
    // One answer may not be larger than the caller takes, so that a long list is asked about in parts.
    private const int MostObjects = 500;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly WebhookCaller _caller;
    private readonly IIds _ids;
    private readonly AdmissionregistrationV1WebhookClientConfig _client;
    private readonly string? _version;

    private ConversionWebhook(WebhookCaller caller, IIds ids, V1WebhookConversion settings)
    {
        _caller = caller;
        _ids = ids;
        _version = settings.ConversionReviewVersions.FirstOrDefault(v => v is "v1" or "v1beta1");
        var client = settings.ClientConfig ?? new ApiextensionsV1WebhookClientConfig();
        _client = new AdmissionregistrationV1WebhookClientConfig
        {
            Url = client.Url,
            CaBundle = client.CaBundle,
            Service = client.Service is not { } service ? null
                : new AdmissionregistrationV1ServiceReference { Name = service.Name, Namespace = service.Namespace, Path = service.Path, Port = service.Port },
        };
    }

    /// <summary>The webhook of a definition; null where it converts without one.</summary>
    public static ConversionWebhook? Of(V1CustomResourceConversion? conversion, WebhookCaller caller, IIds ids) =>
        conversion is { Strategy: "Webhook", Webhook: { } settings } ? new ConversionWebhook(caller, ids, settings) : null;

    /// <summary>Converts objects that are in another version.</summary>
    /// <param name="objects">The objects; not changed.</param>
    /// <param name="apiVersion">The version that is wanted.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>As many objects in the same order, or the refusal.</returns>
    public async ValueTask<(IReadOnlyList<TreeMap> Converted, ApiStatus? Refusal)> ConvertAsync(
        IReadOnlyList<TreeMap> objects, string apiVersion, CancellationToken cancellation)
    {
        var converted = new List<TreeMap>(objects.Count);
        foreach (var part in objects.Chunk(MostObjects))
        {
            if (await AskAsync(part, apiVersion, converted, cancellation).ConfigureAwait(false) is { } problem)
            {
                return ([], new ApiStatus { Code = 500, Message = problem });
            }
        }

        return (converted, null);
    }

    private async ValueTask<string?> AskAsync(TreeMap[] objects, string apiVersion, List<TreeMap> converted, CancellationToken cancellation)
    {
        if (_version is null)
        {
            return "no supported conversion review versions";
        }

        var subject = $"conversion webhook for {objects[0].Text("apiVersion")}, Kind={objects[0].Text("kind")}";
        var uid = _ids.NewId().ToString("D");
        var (body, problem) = await _caller.PostAsync(_client, Timeout, ConversionReview.Question(_version, uid, objects, apiVersion), cancellation).ConfigureAwait(false);
        TreeList? answer = null;
        if (body is not null)
        {
            (answer, problem) = ConversionReview.Answer(body, _version, uid);
        }

        if (answer is null)
        {
            return $"{subject} failed: {problem}";
        }

        if (answer.Count != objects.Length)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{subject} returned {answer.Count} objects, expected {objects.Length}");
        }

        for (var i = 0; i < objects.Length; i++)
        {
            if (ConvertedObject.Check(objects[i], answer[i], apiVersion) is var (wrong, isMetadata))
            {
                return $"{subject} returned {Where(isMetadata, objects.Length == 1, i)}: {wrong}";
            }

            converted.Add((TreeMap)answer[i]);
        }

        return null;
    }

    private static string Where(bool isMetadata, bool alone, int index) => (isMetadata, alone) switch
    {
        (true, true) => "invalid metadata",
        (true, false) => string.Create(CultureInfo.InvariantCulture, $"invalid metadata in object at index {index}"),
        (false, true) => "invalid object",
        (false, false) => string.Create(CultureInfo.InvariantCulture, $"invalid converted object at index {index}"),
    };
}
