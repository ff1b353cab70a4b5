using Gantry.Api.Models;
using Gantry.Server.Registry;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>The webhooks of all configurations of one sort, in the order in which they are asked. Made anew only after a configuration has changed.</summary>
internal sealed class WebhookSet
{
    private readonly Func<object> _version;
    private readonly Func<IReadOnlyList<Webhook>> _make;
    private Held _held = new(new object(), []);

    private WebhookSet(Func<object> version, Func<IReadOnlyList<Webhook>> make)
    {
        _version = version;
        _make = make;
    }

    public IReadOnlyList<Webhook> Current
    {
        get
        {
            // The version is read before the list: a change in between makes the list too new for it, never too old.
            var version = _version();
            var held = Volatile.Read(ref _held);
            if (!ReferenceEquals(held.Version, version))
            {
                held = new Held(version, _make());
                Volatile.Write(ref _held, held);
            }

            return held.Hooks;
        }
    }

    public static WebhookSet Mutating(IObjects objects) => new(
        objects.Version<V1MutatingWebhookConfiguration>,
        () => [.. objects.List<V1MutatingWebhookConfiguration>().SelectMany(c => c.Webhooks.Select(h => (c.Metadata, Hook: h))).Select((p, i) => Webhook.Of(p.Metadata, i, p.Hook))]);

    public static WebhookSet Validating(IObjects objects) => new(
        objects.Version<V1ValidatingWebhookConfiguration>,
        () => [.. objects.List<V1ValidatingWebhookConfiguration>().SelectMany(c => c.Webhooks.Select(h => (c.Metadata, Hook: h))).Select((p, i) => Webhook.Of(p.Metadata, i, p.Hook))]);

    private sealed record Held(object Version, IReadOnlyList<Webhook> Hooks);
}
