#include "CResources.h"

static const unsigned char openapi_yaml[] = {
#embed "../RopewalkService/Resources/openapi.yaml"
};

static const unsigned char openapi_json[] = {
#embed "../RopewalkService/Resources/openapi.json"
};

static const unsigned char models_json[] = {
#embed "../RopewalkService/Resources/models.json"
};

struct CResources_Bytes CResources_openapi_yaml(void) {
    return (struct CResources_Bytes){openapi_yaml, sizeof openapi_yaml};
}

struct CResources_Bytes CResources_openapi_json(void) {
    return (struct CResources_Bytes){openapi_json, sizeof openapi_json};
}

struct CResources_Bytes CResources_models_json(void) {
    return (struct CResources_Bytes){models_json, sizeof models_json};
}
