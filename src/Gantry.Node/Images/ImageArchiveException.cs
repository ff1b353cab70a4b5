namespace Gantry.Node.Images;

/// <summary>The file is no image archive that we understand; the message says what is wrong with it.</summary>
public sealed class ImageArchiveException : Exception
{
    public ImageArchiveException(string message) : base(message)
    {
    }
}
