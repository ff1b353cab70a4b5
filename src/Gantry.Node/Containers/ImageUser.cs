using Gantry.Node.Cri;

namespace Gantry.Node.Containers;

/// <summary>The user an image wants to run as: a number, a name, or neither (root).</summary>
public sealed record ImageUser(long? Uid, string Name)
{
    public static ImageUser Root { get; } = new(null, "");

    public static ImageUser Of(Image image) => new(image.Uid?.Value, image.Username);
}
