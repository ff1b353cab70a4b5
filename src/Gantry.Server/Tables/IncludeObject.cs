namespace Gantry.Server.Tables;

/// <summary>How much of its object a row carries.</summary>
public enum IncludeObject
{
    /// <summary>Its metadata, as a PartialObjectMetadata: the default.</summary>
    Metadata,
    None,
    Object,
}
