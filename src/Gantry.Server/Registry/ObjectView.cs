namespace Gantry.Server.Registry;

/// <summary>An object in another form than it is kept in. Immutable.</summary>
/// <param name="Form">What tells the form from others, by reference.</param>
/// <param name="Json">The object.</param>
/// <param name="Next">The views that were there before.</param>
internal sealed record ObjectView(object Form, byte[] Json, ObjectView? Next)
{
    // Forms come and go with definitions; so many are asked for at once.
    private const int Most = 4;

    /// <summary>The views with one more; of too many the oldest go.</summary>
    public static ObjectView With(ObjectView? views, object form, byte[] json) => new(form, json, Cut(views, Most - 1));

    private static ObjectView? Cut(ObjectView? views, int most) =>
        views is null || most == 0 ? null : Cut(views.Next, most - 1) is var rest && ReferenceEquals(rest, views.Next) ? views : views with { Next = rest };
}
