namespace Gantry.Api.Schemas;

/// <summary>The free values of the API: they look alike in JSON, but have types of their own in OpenAPI and protobuf.</summary>
public enum AnyForm
{
    /// <summary>An object of any kind.</summary>
    RawExtension,
    /// <summary>A set of fields.</summary>
    FieldsV1,
    /// <summary>Any JSON value.</summary>
    Json,
    /// <summary>A schema, or a list of schemas.</summary>
    SchemaOrArray,
    /// <summary>A schema, or whether anything is allowed.</summary>
    SchemaOrBool,
    /// <summary>A schema, or a list of names.</summary>
    SchemaOrStringArray,
    /// <summary>A list of texts.</summary>
    Strings,
}
