// Made by `npm run api`: do not edit.

export interface paths {
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hear what happens to jobs
         * @description Events have an id, a name (`queued`, `started`, `stage`, `step`, `progress`, `picture`, `note`, `finished`, `failed`,
         *     `cancelled`) and data of JSON. `missed` says how many events are gone that were never heard.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The last event that was heard */
                    "Last-Event-ID"?: number | null;
                };
                path: {
                    /** @description What came after this event is told first, as far as it is still there. `Last-Event-ID` does the same. */
                    after: number | null;
                    /** @description With previews, as base64. */
                    previews: boolean;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs, the newest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Older than this job, which is the last of the page before. */
                    before: number | null;
                    /** @description `generate` or `sweep`. */
                    kind: string | null;
                    /** @description At most so many. */
                    limit: number;
                    /** @description With `waiting`: without the first so many. */
                    skip: number;
                    /**
                     * @description States, with commas between them: queued, running, done, failed, cancelled. All if there are none.
                     * @example queued,running
                     */
                    state: string | null;
                    /** @description Jobs that wait, in the order in which they will be done, instead of the newest first. */
                    waiting: boolean;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobsPage"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Queue a drawing
         * @description With an `Idempotency-Key` the same request again gives the same job.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 190 bytes */
                    "Idempotency-Key"?: string | null;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewJobBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It waits */
                202: {
                    headers: {
                        /** @description Where it is */
                        Location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a job */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Forget a job that has ended; its pictures stay */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It is forgotten */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show every time that a job was worked on */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AttemptView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a job: one that waits at once, one that runs within a step */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It is stopped */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                /** @description Its worker is told */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hear what happens to a job
         * @description The first event, `job`, is the job as it is now; the stream ends with the job.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The last event that was heard */
                    "Last-Event-ID"?: number | null;
                };
                path: {
                    /** @description What came after this event is told first, as far as it is still there. `Last-Event-ID` does the same. */
                    after: number | null;
                    id: number;
                    /** @description With previews, as base64. */
                    previews: boolean;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change when a job that waits is done */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PlaceBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queue a job again that failed or was cancelled */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It waits */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List models */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say what a model holds */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InspectionView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/unload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the model out of memory, once no job needs it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It goes */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/parameters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the parameters in a picture or a text
         * @description The body is a picture as PNG, or JSON that says where they are.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ParametersBody"];
                    "image/png": number[];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ParametersView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find pictures */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The `next` of the page before. */
                    after: string | null;
                    /** @description From this moment on. */
                    from: string | null;
                    /** @description The job that drew them. */
                    job: number | null;
                    /** @description At most so many. */
                    limit: number;
                    /** @description The model's name. */
                    model: string | null;
                    /** @description Which come first. */
                    order: components["schemas"]["OrderName"];
                    /** @description The id of a plugin. */
                    plugin: string | null;
                    /** @description The sampler, by any of its names. */
                    sampler: string | null;
                    /** @description The seed. */
                    seed: number | null;
                    /** @description Words of the prompts, the model and the plugins. What is in quotes stays together, and words may be begun. */
                    text: string | null;
                    /** @description Before this moment. */
                    to: string | null;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PicturesPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a picture's data */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PictureView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete a picture */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description Forget the picture, and leave its file. */
                    keep_file: boolean;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It is gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a picture's file */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description To be kept rather than shown. */
                    download: boolean;
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The picture, with the recipe inside */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description What of it was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description The client has it */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{id}/recipe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say how a picture was made */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecipeView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a picture's thumbnail: whole, not cut */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The longer side: 64, 128, 256 or 512 pixels. */
                    size: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description The client has it */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/zip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get many pictures in one file */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ZipBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": number[];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plugin-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hear what becomes of plugins
         * @description Events are called `loaded`, `reloaded`, `rejected`, `needs_consent`, `quarantined`, `released` and `removed`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": components["schemas"]["Told"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plugins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List plugins */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PluginView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plugins/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a plugin */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PluginView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Remove a plugin and what it may do */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It is gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plugins/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do not use a plugin, without removing it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PluginView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plugins/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Use a plugin again */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PluginView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plugins/{id}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a plugin do what it asks for */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GrantBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PluginView"];
                    };
                };
            };
        };
        /** Take back what a plugin may do */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    /** @description Kinds with commas between them: net, store, generate, inference, clock, random. All if there are none. */
                    kinds: string | null;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PluginView"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plugins/{id}/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Load a plugin again that was rejected */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PluginView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plugins/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go back to the version before */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PluginView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch a plugin and see what it asks for
         * @description Nothing is installed yet. The body says where from, or is the plugin itself, as `application/wasm`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProposeBody"];
                    "application/wasm": number[];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It waits */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProposalView"];
                    };
                };
                /** @description There is no newer version */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proposals/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Install a plugin that waits, and say what it may do */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsentBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConsentView"];
                    };
                };
            };
        };
        /** Throw away a plugin that waits */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It is gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what may compute */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count jobs */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueueView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel every job that waits; what runs runs on */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CountView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/clear": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forget jobs that have ended; their pictures stay */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ClearBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CountView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin no further job; what runs runs on */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueueView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on after a pause */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueueView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runtime": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the builds of what computes */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RuntimeView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runtime/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Try everything that may compute
         * @description This takes seconds: each is tried in a process of its own. Needs the scope `admin`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>[];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/samplers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List samplers */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Named"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List noise schedules */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Named"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say what the server is and does */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say what may be done */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
            };
        };
        put?: never;
        /** Keep a key in a cookie that no script can read */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It is kept */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        /** Forget the key */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It is forgotten */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say how the server is set up */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SettingsView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change how the server is set up; models are loaded anew for it */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SettingsBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SettingsView"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/socket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hear what happens to jobs, on a WebSocket
         * @description Events come as text: JSON as on `/events`. A preview comes as binary: six unsigned 32-bit numbers, little-endian (1, the
         *     job, the step, the steps in all, width, height), and a PNG. Clients may say
         *     `{"type": "listen", "job": 12, "previews": true, "after": 34}` and `{"type": "ping"}`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description What came after this event is told first, as far as it is still there. */
                    after: number | null;
                    /** @description Only of this job. */
                    job: number | null;
                    /** @description With previews. */
                    previews: boolean;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description A WebSocket */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sweeps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queue a sweep */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 190 bytes */
                    "Idempotency-Key"?: string | null;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SweepBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It waits */
                202: {
                    headers: {
                        /** @description Where it is */
                        Location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sweeps/{job}/cells": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the cells of a sweep that have ended */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Behind this cell, which is the last of the page before. */
                    after: number;
                    job: number;
                    /** @description At most so many. */
                    limit: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CellsPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sweeps/{job}/cells/{cell}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the picture of a cell */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    cell: number;
                    job: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description What of it was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description The client has it */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sweeps/{job}/cells/{cell}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the thumbnail of a cell, its longer side 256 pixels */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    cell: number;
                    job: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description The client has it */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sweeps/{job}/grids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count the sheets of a sweep */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GridsView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sweeps/{job}/grids/{sheet}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a sheet of a sweep: the cells with their labels */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job: number;
                    sheet: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description What of it was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description The client has it */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sweeps/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what a sweep would do, and do nothing */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SweepSpec"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Count the tokens of a text */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TokensBody"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokensView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a picture
         * @description The body is the picture itself, or a form with one file. What requests and plugins name is the id that comes back.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "image/png": number[];
                    "multipart/form-data": components["schemas"]["UploadForm"];
                };
            };
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It is kept */
                201: {
                    headers: {
                        /** @description Where it is */
                        Location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Upload"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an uploaded picture */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description What of it was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": number[];
                    };
                };
                /** @description The client has it */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete an uploaded picture */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The request is at fault. */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description The server is. */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            /** @description What is wrong, what was found and what was expected. */
                            detail?: string | null;
                            /** @description The field of the request that is wrong, where it is one. */
                            field?: string | null;
                            /**
                             * Format: int32
                             * @description The status of HTTP.
                             */
                            status: number;
                            /** @description The same in words. */
                            title: string;
                            /**
                             * @description What kind of problem it is: a name of ours behind `urn:aquatint:`.
                             * @example urn:aquatint:not-found
                             */
                            type: string;
                        };
                    };
                };
                /** @description It is gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description One time that a job was worked on. */
        AttemptView: {
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at?: string | null;
            /** @description Why it failed. */
            failure?: string | null;
            /**
             * Format: int32
             * @description Which one, from 1.
             */
            number: number;
            /** @description How: `done`, `failed`, `cancelled`, `stopped` or `interrupted`. */
            result?: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
        };
        /**
         * @description An axis as it is written. On a command line it is `FIELD=VALUES`, or `PLUGIN.AXIS` alone for all points of a plugin's
         *     axis.
         *
         *     | field | values |
         *     |---|---|
         *     | `cfg`, `steps`, `seed`, `width`, … | numbers and ranges, such as `1-9 (+2)`; the seed `-1` is a random one |
         *     | `sampler`, `schedule`, `model`, `noise`, `provider` | names |
         *     | `prompt`, `negative` | texts |
         *     | `size` | `512x768` |
         *     | `replace` | the text to find, which is the first value itself, and what is put in its place |
         *     | `order` | words of the prompt, which change places in every way |
         *     | `ID.KEY` | values of a plugin's setting |
         *     | `ID` | `on` and `off`: with the plugin and without it |
         *     | `ID.AXIS` | labels of a plugin's points |
         *
         *     Values are separated by commas; one with a comma in it is quoted, `"a, b"`, and a quote in that is doubled. `ID:KEY`
         *     is a setting in any case, and `ID#2.KEY` that of the second use of a plugin that the request names more than once.
         */
        AxisSpec: {
            /** @description What changes along it. Case, spaces and hyphens do not matter, and A1111's names are known. */
            field: string;
            /** @description What stands beside it in a grid. */
            label?: string | null;
            /** @description What stands beside its rows or columns, one for each value. */
            labels?: string[] | null;
            /** @description What coordinates call it; `field` if it is not there. */
            name?: string | null;
            /** @description A text, which is taken apart at its commas, or a list of values. */
            values?: unknown;
        };
        /** @description A value on an axis. */
        AxisValueView: {
            /** @description What stands beside its row or column. */
            label: string;
            /** @description What coordinates have. */
            value: unknown;
        };
        /** @description One axis. */
        AxisView: {
            /** @description What stands beside it. */
            label: string;
            /** @description What coordinates call it. */
            name: string;
            /** @description What is along it. */
            values: components["schemas"]["AxisValueView"][];
        };
        /** @description Some cells. */
        CellsPage: {
            /** @description Those that have ended, by number. */
            cells: components["schemas"]["CellView"][];
            /**
             * Format: int64
             * @description How many have ended in all.
             */
            ended: number;
            /**
             * Format: int64
             * @description The `after` of the next page; there is none if this is the last.
             */
            next?: number | null;
        };
        /** @description A cell that has ended. */
        CellView: {
            /** @description Which, from 1. */
            cell: number;
            /** @description The value on each axis, by the axis's name. */
            coordinates: Record<string, never>;
            /** @description Why there is no picture. */
            error?: string | null;
            /** @description The cell with the same request whose picture this is. */
            same_as?: number | null;
            /**
             * Format: int64
             * @description Its seed.
             */
            seed?: number | null;
            /** @description `done`, `failed` or `skipped`. */
            status: string;
        };
        /** @description Which jobs are forgotten. */
        ClearBody: {
            /** @description Those in these states; all that have ended if there are none. */
            states?: components["schemas"]["JobState"][];
        };
        /** @description What somebody says to what a plugin asks for. */
        ConsentBody: {
            /** @description The digest of what was shown. */
            digest: string;
            /** @description What it may do, as it was shown; each must be asked for. Without this field it is installed, and waits. */
            grant?: string[] | null;
        };
        /** @description What came of it. */
        ConsentView: {
            /** @description The plugin's id. */
            id: string;
            /** @description What it still waits for. */
            missing: components["schemas"]["PermissionView"][];
            /** @description `ready`, `needs_consent`, `update_waits` or `unchanged`. */
            outcome: string;
        };
        /** @description What came of something that was done to many jobs. */
        CountView: {
            /**
             * Format: int64
             * @description To how many it was done.
             */
            count: number;
        };
        /** @description What a request that leaves something open gets. */
        DefaultsView: {
            /**
             * Format: float
             * @description How strongly the prompt guides.
             */
            cfg: number;
            /**
             * Format: int32
             * @description Height in pixels.
             */
            height: number;
            /** @description The sampler. */
            sampler: string;
            /** @description The noise schedule. */
            schedule: string;
            /**
             * Format: int32
             * @description Steps of the sampler.
             */
            steps: number;
            /**
             * Format: int32
             * @description Width in pixels.
             */
            width: number;
        };
        /** @description Why a job failed. */
        FailureView: {
            /** @description `request`, `disk_full`, `deadline`, `crash`, `panic` or `other`. */
            kind: string;
            /** @description The reason, on one line. */
            message: string;
        };
        /**
         * @description What is in the masked part when drawing begins (A1111's "masked content").
         * @enum {string}
         */
        Fill: "fill" | "original" | "noise" | "nothing";
        /** @description What a plugin may do from now on, on top of what it may do already. */
        GrantBody: {
            /** @description The digest of what was shown: if something else is installed or waits by now, nothing is granted. */
            digest: string;
            /** @description What it may do, such as `net api.example.org`. Each must be asked for. */
            permissions: string[];
        };
        /** @description Sheets of a sweep. */
        GridsView: {
            /**
             * Format: int64
             * @description How many there are by now.
             */
            count: number;
        };
        /** @description A second drawing over a first one that was made larger (A1111's "Hires. fix"). */
        Hires: {
            /**
             * Format: float
             * @description Its guidance scale; `None` is the first's.
             * @default null
             */
            cfg: number | null;
            /**
             * Format: int32
             * @description Height in pixels.
             * @default null
             */
            height: number | null;
            /**
             * @description Its negative prompt; `None` is the first's.
             * @default null
             */
            negative: string | null;
            /**
             * @description Its prompt; `None` is the first's.
             * @default null
             */
            prompt: string | null;
            /**
             * @description Its sampler; `None` is the first's.
             * @default null
             */
            sampler: string | null;
            /**
             * Format: float
             * @description How much larger, where no size is given. What comes out is rounded down to what the model can draw.
             * @default 2
             */
            scale: number;
            /**
             * @description Its schedule; `None` is the first's, unless the sampler is another.
             * @default null
             */
            schedule: string | null;
            /**
             * Format: int32
             * @description Steps of the second drawing; `None` is as many as the first.
             * @default null
             */
            steps: number | null;
            /**
             * @description How many steps that is; `None` is exactly as many as asked for, as in A1111.
             * @default null
             * @example a1111
             */
            steps_rule: string | null;
            /**
             * Format: float
             * @description How much of the first is drawn anew, 0 to 1.
             * @default 0.699999988079071
             */
            strength: number;
            /** @default latent */
            upscaler: components["schemas"]["Upscaler"];
            /**
             * Format: int32
             * @description Width in pixels; with only one side given the other follows.
             * @default null
             */
            width: number | null;
        };
        /** @description A picture to begin from. */
        Init: {
            mask?: null | components["schemas"]["MaskUse"];
            /** @description What is drawn around it. */
            outpaint?: components["schemas"]["Outpaint"];
            /**
             * @description The picture.
             * @example b3:…
             */
            picture: string;
            resize?: null | components["schemas"]["Resize"];
            /**
             * @description How many steps that is; `None` is as the schedule's program has it: diffusers where the schedule is the
             *     model's, else A1111.
             * @example a1111
             */
            steps?: string | null;
            /**
             * Format: float
             * @description How much of it is drawn anew, 0 to 1.
             */
            strength?: number;
        };
        /** @description What a model's folder holds. */
        InspectionView: {
            /** @description The pipeline's class. */
            class: string;
            /** @description What kind of model it is. */
            family?: string | null;
            /** @description Its name. */
            name: string;
            /** @description Its parts. */
            parts: components["schemas"]["PartView"][];
            /** @description How the network's output is read. */
            prediction_type?: string | null;
            /** @description Everything that keeps it from being used, a line each. */
            problems: string[];
        };
        /** @description Some jobs. */
        JobsPage: {
            /** @description The jobs. */
            jobs: components["schemas"]["JobView"][];
            /**
             * Format: int64
             * @description The `before` of the next page; there is none if this is the last.
             */
            next?: number | null;
            /** @description All there are. */
            queue: components["schemas"]["QueueView"];
        };
        /**
         * @description Where a job is in its life.
         * @enum {string}
         */
        JobState: "queued" | "running" | "done" | "failed" | "cancelled";
        /** @description A job. */
        JobView: {
            /**
             * Format: int32
             * @description How often it was begun.
             */
            attempts: number;
            /** @description Whether it is running and somebody wants it to stop. */
            cancel_asked: boolean;
            /**
             * Format: date-time
             * @description When it was added.
             */
            created_at: string;
            /**
             * Format: double
             * @description How many seconds one attempt may take.
             */
            deadline?: number | null;
            failure?: null | components["schemas"]["FailureView"];
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at?: string | null;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description `generate` or `sweep`. */
            kind: string;
            /** @description The numbers of its pictures. */
            pictures: number[];
            /**
             * Format: int32
             * @description Higher ones come first.
             */
            priority: number;
            progress?: null | components["schemas"]["ProgressView"];
            /** @description Seeds, seconds and stages of what was done. */
            report?: Record<string, never> | null;
            request?: null | components["schemas"]["Request"];
            /** @description Which door it came by: `api`, `a1111`, `openai` or nothing for the command line. */
            source?: string | null;
            /**
             * Format: date-time
             * @description When the last attempt began.
             */
            started_at?: string | null;
            /** @description Where it is in its life. */
            state: components["schemas"]["JobState"];
            /** @description What is swept. */
            sweep?: Record<string, never> | null;
        };
        /** @description What requests may ask for. */
        LimitsView: {
            /**
             * Format: int32
             * @description The most pictures of a request.
             */
            batch: number;
            /**
             * Format: int64
             * @description The most bytes of a body.
             */
            body: number;
            /**
             * Format: int64
             * @description The most cells of a sweep.
             */
            cells: number;
            /**
             * Format: int64
             * @description The most pixels of a picture.
             */
            pixels: number;
            /**
             * Format: int64
             * @description The most jobs that may wait.
             */
            queue: number;
            /**
             * Format: int32
             * @description The most steps.
             */
            steps: number;
        };
        /** @description Where a picture may change, and how. */
        MaskUse: {
            /**
             * Format: float
             * @description Standard deviation in pixels by which the mask's edge is softened.
             * @default 4
             */
            blur: number;
            /** @default null */
            fill: null | components["schemas"]["Fill"];
            /**
             * @description Whether black and white change places.
             * @default false
             */
            invert: boolean;
            /**
             * @description Whether only the masked part is drawn, at the whole size, and put back.
             * @default false
             */
            only_masked: boolean;
            /**
             * @description Whether what the mask keeps are the picture's own pixels, rather than what the VAE makes of them.
             * @default true
             */
            overlay: boolean;
            /**
             * Format: int32
             * @description How many pixels around it are drawn with it then.
             * @default 32
             */
            padding: number;
            /**
             * @description A picture that is white where the other may change. `None` only where something is drawn around it.
             * @default null
             * @example b3:…
             */
            picture: string | null;
        };
        /** @description A model that something names. */
        ModelName: {
            /** @description Its hash, where one is given. */
            hash?: string | null;
            /** @description Whether there is a model of this name here. */
            here: boolean;
            /** @description What it is called there. */
            name: string;
        };
        /** @description A model at a glance. */
        ModelView: {
            /** @description Whether it is drawn with where none is named. */
            default: boolean;
            defaults?: null | components["schemas"]["DefaultsView"];
            /** @description What kind of model it is, where it can be used. */
            family?: string | null;
            /** @description Whether it is in memory. */
            loaded: boolean;
            /** @description Its name. */
            name: string;
            /** @description Why it cannot be used. */
            problem?: string | null;
        };
        /** @description Something with a name that people know. */
        Named: {
            /** @description Other names that are understood. */
            aliases: string[];
            /** @description What requests call it. */
            id: string;
            /** @description What A1111 calls it. */
            label: string;
        };
        /** @description A drawing to be queued. */
        NewJobBody: {
            /**
             * Format: double
             * @description How many seconds one attempt may take.
             */
            deadline?: number | null;
            /** @description What its files are called, such as `[date]/[prompt_words]-[number]`. */
            name?: string | null;
            /** @description Compute everything anew, and keep nothing of it. */
            no_cache?: boolean;
            /**
             * Format: int32
             * @description Higher ones come first; 0 is usual.
             */
            priority?: number;
            /** @description What is drawn. */
            request: components["schemas"]["Request"];
        };
        OrderName: unknown;
        /** @description How many pixels are drawn beyond each edge. */
        Outpaint: {
            /**
             * Format: int32
             * @description Below it.
             * @default 0
             */
            down: number;
            /**
             * Format: int32
             * @description Left of it.
             * @default 0
             */
            left: number;
            /**
             * Format: int32
             * @description Right of it.
             * @default 0
             */
            right: number;
            /**
             * Format: int32
             * @description Above it.
             * @default 0
             */
            up: number;
        };
        /** @description Where parameters are. */
        ParametersBody: {
            /** @description In a text, as A1111 writes it, or a recipe. */
            text: string;
        } | {
            /** @description In an upload of this id. */
            upload: string;
        } | {
            /**
             * Format: int64
             * @description In a picture of this number.
             */
            picture: number;
        };
        /** @description What there is to be drawn again. */
        ParametersView: {
            model?: null | components["schemas"]["ModelName"];
            /** @description What the request does not say, a line each. */
            notes: string[];
            /** @description The request. Its model is one that is here, or none. */
            request: components["schemas"]["Request"];
        };
        /** @description One part of a model. */
        PartView: {
            /**
             * Format: int64
             * @description Bytes of weights on disk.
             */
            bytes: number;
            /** @description Element types of the weights. */
            dtypes: string[];
            /** @description Its name. */
            name: string;
            /** @description What else is worth knowing. */
            notes: string[];
            /**
             * Format: int64
             * @description How many parameters.
             */
            parameters: number;
        };
        /** @description Something that a plugin may do, or asks to. */
        PermissionView: {
            /** @description In words: what follows "It may". */
            description: string;
            /** @description As it is granted, such as `net api.example.org`. */
            permission: string;
            /** @description Why, in its author's words. */
            reason?: string | null;
        };
        /** @description Some pictures. */
        PicturesPage: {
            /** @description The `after` of the next page; there is none if this is the last. */
            next?: string | null;
            /** @description The pictures, in order. */
            pictures: components["schemas"]["PictureView"][];
        };
        /** @description A picture. Texts that are not known are empty. */
        PictureView: {
            /**
             * Format: int64
             * @description Size of its file.
             */
            bytes: number;
            /**
             * Format: float
             * @description How strongly the prompt guided.
             */
            cfg?: number | null;
            /**
             * Format: date-time
             * @description When it was drawn.
             */
            created_at: string;
            /**
             * Format: int32
             * @description Height in pixels.
             */
            height: number;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /**
             * Format: int64
             * @description The job that drew it, as long as it is in the queue.
             */
            job?: number | null;
            /** @description Whether the file is no longer there. */
            missing: boolean;
            /** @description The model's name. */
            model: string;
            /** @description What its file is called. */
            name: string;
            /** @description What was kept away from. */
            negative: string;
            /** @description The ids of the plugins. */
            plugins: string[];
            /** @description What was drawn. */
            prompt: string;
            /** @description The sampler. */
            sampler: string;
            /** @description The noise schedule. */
            schedule: string;
            /**
             * Format: int64
             * @description Its seed.
             */
            seed?: number | null;
            /**
             * Format: int32
             * @description How many steps.
             */
            steps?: number | null;
            /**
             * Format: int32
             * @description Width in pixels.
             */
            width: number;
        };
        /** @description One build of a plugin. */
        PinView: {
            digest: string;
            /**
             * Format: date-time
             * @description When it was installed.
             */
            installed_at: string;
            /** @description What it asks for. */
            permissions: components["schemas"]["PermissionView"][];
            /** @description Where it came from. */
            source: string;
            version: string;
        };
        /** @description Where a job is to be in the queue. */
        PlaceBody: {
            /** @description Before all others (`true`). */
            top: boolean;
        } | {
            /** @description Behind all others (`true`). */
            bottom: boolean;
        } | {
            /**
             * Format: int64
             * @description Right before this job.
             */
            before: number;
        } | {
            /**
             * Format: int64
             * @description Right behind this job.
             */
            after: number;
        } | {
            /**
             * Format: int32
             * @description Among the jobs of this priority.
             */
            priority: number;
        };
        /** @description What a sweep would do. */
        PlanView: {
            /** @description The axes: the first goes across a grid, the second down, the others are pages. */
            axes: components["schemas"]["AxisView"][];
            /**
             * Format: int64
             * @description Cells in all.
             */
            cells: number;
            /**
             * Format: int64
             * @description Pictures that are denoised, if nothing of it was ever done before.
             */
            denoisings: number;
            /**
             * Format: int64
             * @description Models that are loaded.
             */
            models: number;
            /**
             * Format: int64
             * @description Cells that differ.
             */
            pictures: number;
            /**
             * Format: int64
             * @description Texts that are encoded.
             */
            texts: number;
        };
        /**
         * @description A plugin with its settings. As JSON:
         *
         *     ```json
         *     {"id": "film-grain", "settings": {"amount": 0.3, "mode": "soft", "sizes": [1, 2], "seed": null}}
         *     ```
         *
         *     `settings` may be left out; what is not in it, or is `null`, is the plugin's default. A text stands for what it would
         *     be on a command line, so `"0.3"` is as good as `0.3` for a number, and `"on"` as `true` for a flag.
         */
        PluginUse: {
            /** @description Its id, for example `film-grain`. */
            id: string;
            /** @description What is set, by key. */
            settings?: Record<string, never>;
        };
        /** @description A plugin. */
        PluginView: {
            current?: null | components["schemas"]["PinView"];
            /** @description The versions before, the newest first. */
            earlier: string[];
            /** @description Whether it may be used. */
            enabled: boolean;
            /** @description What it may do. */
            granted: components["schemas"]["PermissionView"][];
            /** @description Its id. */
            id: string;
            /** @description Whether it is installed; otherwise it only lies in a folder. */
            installed: boolean;
            /** @description Where its file is on its way: `ready`, `rejected`, `needs-consent`, … */
            loading?: string | null;
            /** @description What it says about itself. */
            manifest?: Record<string, never> | null;
            /** @description What it asks for and may not do yet. */
            missing: components["schemas"]["PermissionView"][];
            serving?: null | components["schemas"]["ServingView"];
            /**
             * @description `ready`, `update-waits`, `needs-consent` or `disabled`, as far as its owner is concerned; what is not installed
             *     has the state that loading it has.
             */
            state: string;
            waiting?: null | components["schemas"]["PinView"];
            /** @description Why what the file holds does not serve. */
            why?: string | null;
        };
        /** @description How far a job is. */
        ProgressView: {
            /**
             * Format: int64
             * @description Steps or cells that are done.
             */
            done: number;
            /**
             * Format: double
             * @description Seconds left, where they can be told.
             */
            eta?: number | null;
            /** @description What is being done, for example `denoise`. */
            stage?: string | null;
            /**
             * Format: int64
             * @description All of them; 0 if not known yet.
             */
            total: number;
        };
        /** @description A plugin that waits for somebody to decide. */
        ProposalView: {
            /** @description Everything it asks for. */
            asks: components["schemas"]["PermissionView"][];
            /** @description The digest of what would be installed. */
            digest: string;
            /** @description The version that is installed. */
            from?: string | null;
            /** @description The plugin's id. */
            id: string;
            /** @description The key it is signed with. */
            key?: string | null;
            /** @description What it says about itself. */
            manifest: Record<string, never>;
            /** @description Who signed it, compared with before: `unsigned`, `same`, `first` or `changed`. */
            signer: string;
            /** @description How it stands to what is installed: `new`, `same` or `update`. */
            standing: string;
            /** @description What names it, for 15 minutes. */
            token: string;
            /** @description Its version. */
            version: string;
        };
        /** @description Where a plugin is to come from. */
        ProposeBody: {
            /** @description Take it although it is signed with another key than before, or not any more. */
            accept_key?: boolean;
            /**
             * @description `https://…#sha256=…`, `oci://HOST/REPOSITORY[:TAG]` or `index:ID[@REQUIREMENT]`. Of a plugin that is installed, nothing: then
             *     what is looked for is an update.
             */
            source?: string | null;
            /** @description The plugin that an update is looked for. */
            update?: string | null;
        };
        /** @description What may compute. */
        ProviderView: {
            /** @description What requests call it. */
            id: string;
            /** @description Whether a runtime that has it is installed. Whether it works, `/runtime/doctor` says. */
            installed: boolean;
            /** @description Why not. */
            reason?: string | null;
        };
        /** @description How many jobs are in which state, and whether the queue is paused. */
        QueueView: {
            /**
             * Format: int64
             * @description Were stopped.
             */
            cancelled: number;
            /**
             * Format: int64
             * @description Gave what was asked for.
             */
            done: number;
            /**
             * Format: int64
             * @description Did not.
             */
            failed: number;
            /** @description Whether no further job is begun. */
            paused: boolean;
            /**
             * Format: int64
             * @description Wait for a worker.
             */
            queued: number;
            /**
             * Format: int64
             * @description Are worked on.
             */
            running: number;
        };
        /** @description How a picture was made. */
        RecipeView: {
            /** @description The text that other programs read. */
            parameters?: string | null;
            /** @description The recipe as it was written, where there is one. */
            recipe?: Record<string, never> | null;
        };
        /**
         * @description What was asked for: the one type that every door produces.
         *
         *     What is `None` is decided later, by the model's own defaults. As JSON every field may be left out, and a field
         *     that does not exist is refused: a misspelt `"step": 50` should not silently draw something else.
         */
        Request: {
            /**
             * Format: int32
             * @description How many images. Image `i` (from 0) has the seed `seed + i`, so any of them can be made again alone.
             * @default 1
             */
            batch: number;
            /**
             * Format: float
             * @description How strongly the prompt guides (classifier-free guidance).
             * @default null
             */
            cfg: number | null;
            /**
             * Format: float
             * @description The prompt guides only before this share of the steps.
             * @default 1
             */
            cfg_end: number;
            /**
             * Format: float
             * @description How much of guidance's growth in contrast is taken back, 0 to 1.
             * @default 0
             */
            cfg_rescale: number;
            /**
             * Format: float
             * @description The prompt guides only after this share of the steps; before, the negative prompt is not looked at.
             * @default 0
             */
            cfg_start: number;
            /**
             * Format: int32
             * @description Which layer of the text encoder is taken, from the last one on; 1 is the last.
             * @default 1
             */
            clip_skip: number;
            /**
             * @description What becomes of the weights of words.
             * @default original
             * @example original
             */
            emphasis: string;
            /**
             * Format: float
             * @description How much of the noise of each step is fresh, for samplers that have some; `None` is the sampler's own.
             * @default null
             */
            eta: number | null;
            /**
             * Format: int32
             * @description What is added to the seed for the noise of the steps (A1111's ENSD); 0 goes on with that of the start.
             * @default 0
             */
            eta_noise_seed_delta: number;
            /**
             * Format: int32
             * @description Height in pixels.
             * @default null
             */
            height: number | null;
            /** @default null */
            hires: null | components["schemas"]["Hires"];
            /** @default null */
            init: null | components["schemas"]["Init"];
            /**
             * @description Name or path of the model; `None` is the default model.
             * @default null
             */
            model: string | null;
            /**
             * @description What to keep away from.
             * @default
             */
            negative: string;
            /**
             * @description Where the noise comes from.
             * @default cpu
             * @example cpu
             */
            noise: string;
            /**
             * @description The plugins to draw with, in the order in which they are applied. One may be there several times.
             * @default []
             */
            plugins: components["schemas"]["PluginUse"][];
            /**
             * @description What to draw, in A1111's syntax.
             * @default
             */
            prompt: string;
            /**
             * @description What computes: `auto`, or the name of one ONNX Runtime provider.
             * @default auto
             */
            provider: string;
            /**
             * Format: float
             * @description How much noise Euler, Heun and DPM2 put on before their steps, over the whole run.
             * @default 0
             */
            s_churn: number;
            /**
             * Format: float
             * @description Below this sigma the prompt guides every other time only.
             * @default 0
             */
            s_min_uncond: number;
            /**
             * Format: float
             * @description What samplers multiply fresh noise by.
             * @default 1
             */
            s_noise: number;
            /**
             * Format: float
             * @description Above this sigma there is no churn; 0 is no such bound.
             * @default 0
             */
            s_tmax: number;
            /**
             * Format: float
             * @description Below this sigma there is no churn.
             * @default 0
             */
            s_tmin: number;
            /**
             * @description Name of the sampler, for example `Euler a`. A1111's older names that end in a schedule are fine too.
             * @default null
             */
            sampler: string | null;
            /**
             * @description Name of the noise schedule, for example `karras`.
             * @default null
             */
            schedule: string | null;
            /**
             * Format: int64
             * @description Seed of the first image; `None` draws one at random.
             * @default null
             */
            seed: number | null;
            /**
             * Format: int32
             * @description Its height.
             * @default null
             */
            seed_resize_height: number | null;
            /**
             * Format: int32
             * @description Width of a picture whose noise is to be in the middle of this one's, whatever its size is.
             * @default null
             */
            seed_resize_width: number | null;
            /**
             * Format: int32
             * @description Number of sampling steps.
             * @default null
             */
            steps: number | null;
            /**
             * @description Names of [styles](crate::styles) that are put into both prompts, in order.
             * @default []
             */
            styles: string[];
            /**
             * @description Whether large pictures go through the VAE in tiles; `None` is where they are larger than 2 megapixels.
             * @default null
             */
            vae_tiling: boolean | null;
            /**
             * Format: int64
             * @description Another seed, some of whose noise is mixed into the picture's. Image `i` of a batch has this + `i`, and all have
             *     the same [`seed`](Self::seed) then.
             * @default null
             */
            variation_seed: number | null;
            /**
             * Format: float
             * @description How much of it, 0 to 1.
             * @default 0
             */
            variation_strength: number;
            /**
             * Format: int32
             * @description Width in pixels.
             * @default null
             */
            width: number | null;
        };
        /**
         * @description How a picture is brought to another size.
         * @enum {string}
         */
        Resize: "keep" | "stretch" | "crop" | "fill" | "latent";
        /** @description The job that runs. */
        RunningView: {
            /**
             * Format: int64
             * @description Steps or cells that are done.
             */
            done: number;
            /**
             * Format: double
             * @description Seconds left.
             */
            eta?: number | null;
            /**
             * Format: int64
             * @description Its number.
             */
            job: number;
            /** @description What is being done. */
            stage?: string | null;
            /**
             * Format: int64
             * @description All of them; 0 if not known yet.
             */
            total: number;
        };
        /** @description A build of ONNX Runtime. */
        RuntimeView: {
            /** @description What it is for. */
            about: string;
            /** @description The version that can be installed on this machine. */
            available?: string | null;
            /** @description The versions that are installed. */
            installed: string[];
            /** @description Its name. */
            name: string;
        };
        /**
         * @description What a key may do. Each includes those before it.
         * @enum {string}
         */
        Scope: "read" | "generate" | "admin";
        /** @description The server. */
        ServerView: {
            /** @description What requests may ask for. */
            limits: components["schemas"]["LimitsView"];
            /** @description The model in memory. */
            model?: string | null;
            /** @description How many jobs there are. */
            queue: components["schemas"]["QueueView"];
            running?: null | components["schemas"]["RunningView"];
            /**
             * Format: double
             * @description Seconds since it started.
             */
            uptime: number;
            /** @description The version of the program. */
            version: string;
        };
        /** @description What serves jobs now, and how its calls went. */
        ServingView: {
            /**
             * Format: int64
             * @description Calls, whichever way they ended.
             */
            calls: number;
            digest: string;
            /**
             * Format: int64
             * @description Those that failed.
             */
            failures: number;
            /**
             * Format: int64
             * @description The how manyth version since the server started.
             */
            generation: number;
            /**
             * Format: int64
             * @description How many jobs use it.
             */
            in_flight: number;
            /**
             * Format: int64
             * @description The most memory that one took, in bytes.
             */
            peak_memory: number;
            /**
             * Format: double
             * @description Their seconds together.
             */
            seconds: number;
            version: string;
        };
        /** @description A key, to be kept by a browser. */
        SessionBody: {
            /** @description The key. */
            key: string;
        };
        /** @description Who asks. */
        SessionView: {
            /** @description What the key is called. */
            name?: string | null;
            /** @description Whether a key is needed. */
            needs_key: boolean;
            scope?: null | components["schemas"]["Scope"];
        };
        /** @description What is to be changed; the rest stays. */
        SettingsBody: {
            /**
             * Format: int64
             * @description How many bytes of results of stages are kept on disk.
             */
            cache_disk?: number | null;
            /**
             * Format: int64
             * @description How many are kept in memory.
             */
            cache_memory?: number | null;
        };
        /** @description What may be changed while the server runs. */
        SettingsView: {
            /**
             * Format: int64
             * @description How many bytes of results of stages are kept on disk.
             */
            cache_disk: number;
            /**
             * Format: int64
             * @description How many are kept in memory.
             */
            cache_memory: number;
        };
        /** @description A sweep to be queued. */
        SweepBody: {
            /** @description White labels on black. */
            dark?: boolean;
            /**
             * Format: double
             * @description How many seconds one attempt may take.
             */
            deadline?: number | null;
            /** @description Stop at the first cell that fails. */
            fail_fast?: boolean;
            /**
             * Format: int32
             * @description Higher ones come first; 0 is usual.
             */
            priority?: number;
            /** @description Draw sheets with labels. */
            sheets?: boolean;
            /** @description What is swept. */
            sweep: components["schemas"]["SweepSpec"];
        };
        /**
         * @description A sweep as it is written.
         *
         *     As TOML, the fields of the request stand at the top; the seed `-1` is a random one, as is one that is not there:
         *
         *     ```toml
         *     prompt = "a cat in the rain"
         *     steps = 20
         *     plugins = [{ id = "film-grain", settings = { mode = "soft" } }]
         *     max_cells = 20000
         *
         *     [[axis]]
         *     field = "cfg"
         *     values = "1-9 (+2)"
         *
         *     [[axis]]
         *     field = "sampler"
         *     values = ["Euler", "DPM++ 2M Karras"]
         *     labels = ["plain", "fine"]
         *     ```
         */
        SweepSpec: {
            /**
             * @description The axes: the first goes across a grid, the second down, the others are pages.
             * @default []
             */
            axes: components["schemas"]["AxisSpec"][];
            /**
             * Format: int64
             * @description How many cells there may be; `None` is [`DEFAULT_MAX_CELLS`](super::DEFAULT_MAX_CELLS).
             * @default null
             */
            max_cells: number | null;
            /**
             * @default {
             *       "prompt": "",
             *       "negative": "",
             *       "model": null,
             *       "seed": null,
             *       "steps": null,
             *       "cfg": null,
             *       "cfg_rescale": 0,
             *       "sampler": null,
             *       "schedule": null,
             *       "width": null,
             *       "height": null,
             *       "batch": 1,
             *       "noise": "cpu",
             *       "clip_skip": 1,
             *       "emphasis": "original",
             *       "provider": "auto",
             *       "init": null,
             *       "hires": null,
             *       "vae_tiling": null,
             *       "plugins": [],
             *       "eta": null,
             *       "s_churn": 0,
             *       "s_tmin": 0,
             *       "s_tmax": 0,
             *       "s_noise": 1,
             *       "eta_noise_seed_delta": 0,
             *       "variation_seed": null,
             *       "variation_strength": 0,
             *       "seed_resize_width": null,
             *       "seed_resize_height": null,
             *       "cfg_start": 0,
             *       "cfg_end": 1,
             *       "s_min_uncond": 0
             *     }
             */
            request: components["schemas"]["Request"];
        };
        /** @description A text to be counted. */
        TokensBody: {
            /** @description The model; the default one if there is none. */
            model?: string | null;
            /** @description The text. */
            text: string;
        };
        /** @description How long a text is. */
        TokensView: {
            /**
             * Format: int64
             * @description How many the model takes at a time.
             */
            limit: number;
            /**
             * Format: int64
             * @description Its tokens.
             */
            tokens: number;
        };
        /** @description Something that happened to a plugin's file. */
        Told: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The file. */
            file: string;
            /**
             * Format: int64
             * @description Which version serves now, counted since the server started.
             */
            generation?: number | null;
            /**
             * Format: int64
             * @description Grows with every notice of this process.
             */
            id: number;
            /** @description What: `loaded`, `reloaded`, `rejected`, `needs_consent`, `quarantined`, `released` or `removed`. */
            what: string;
            /** @description Why. */
            why?: string | null;
        };
        /** @description A picture that was uploaded. */
        Upload: {
            /**
             * Format: int64
             * @description Size in bytes.
             */
            bytes: number;
            /**
             * Format: int32
             * @description Height in pixels.
             */
            height: number;
            /** @description What names it: BLAKE3 of its bytes, in hexadecimal. The same picture has the same. */
            id: string;
            /**
             * Format: int32
             * @description Width in pixels.
             */
            width: number;
        };
        /** @description A form with a picture. */
        UploadForm: {
            /**
             * Format: binary
             * @description The picture.
             */
            file: string;
        };
        /**
         * @description What makes a drawing larger: of latents, which costs nothing and softens, or of pixels.
         * @enum {string}
         */
        Upscaler: "latent" | "latent-antialiased" | "latent-bicubic" | "latent-bicubic-antialiased" | "latent-nearest" | "latent-nearest-exact" | "nearest" | "lanczos";
        /** @description Which pictures. */
        ZipBody: {
            /** @description Their numbers, at most 1000. */
            ids: number[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
